using FieldSupport.Domain.Shipments;

namespace FieldSupport.Web.Exchange.Carriers;

/// <summary>A tracker while it is being read: what every source has in common, and how status and events come together.</summary>
internal sealed class TrackerDraft(string source, ReadingContext context, string? carrier, string? tracking)
{
    private readonly List<EventReading> events = [];
    private readonly List<string> flags = [];
    private TimeZoneInfo? shipTo;
    private bool shipToAsked;

    public string? UniqueId { get; set; }
    public string? RawStatus { get; set; }
    /// <summary>What the source's own status means; null where it says nothing.</summary>
    public Milestone? Status { get; set; }
    /// <summary>A status that stands for "no news" (AfterShip Expired): UNKNOWN without events, and no contradiction with any.</summary>
    public bool NoNews { get; set; }
    public string? SignedBy { get; set; }
    public DateOnly? EstimateOn { get; set; }
    public DateTimeOffset? EstimateAtUtc { get; set; }
    public DateOnly? ShipOn { get; set; }
    public bool IsReturn { get; set; }
    public string? DestinationZip { get; set; }
    public string? DestinationState { get; set; }
    public DateTimeOffset? UpdatedAtUtc { get; set; }
    public string? Message { get; set; }

    /// <summary>Day on which a code without a date is looked up.</summary>
    public DateOnly ReceivedOn { get; } = DateOnly.FromDateTime(context.ReceivedAtUtc.UtcDateTime);

    public void Flag(string? flag)
    {
        if (flag is not null && !flags.Contains(flag)) flags.Add(flag);
    }

    public void Estimate((DateOnly? On, DateTimeOffset? AtUtc) estimate) => (EstimateOn, EstimateAtUtc) = estimate;

    public TimeZoneInfo? ShipToZone()
    {
        if (!shipToAsked) (shipTo, shipToAsked) = (context.ShipToZone(carrier ?? "", tracking ?? "") ?? PlaceZone.Of(DestinationZip, DestinationState), true);
        return shipTo;
    }

    /// <summary>Day on which an event's code is looked up.</summary>
    public DateOnly On(CarrierTime time) => time.Local is { } local ? DateOnly.FromDateTime(local) : time.Instant is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : ReceivedOn;

    /// <summary>Adds an event. <paramref name="meaning"/> null: the code is not mapped, UNKNOWN and flagged.</summary>
    public void Event(CarrierTime time, CodeMeaning? meaning, string? code, string? text, string? city = null, string? state = null, string? zip = null,
        string? country = null, string? signedBy = null, DateOnly? estimateOn = null, DateTimeOffset? estimateAtUtc = null)
    {
        var eventFlags = new List<string>();
        var abroad = country is not null && country.ToUpperInvariant() is not ("US" or "USA" or "PR" or "UNITED STATES");
        var at = time.Instant;
        if (time.Local is { } local)
        {
            var zone = (abroad ? null : PlaceZone.Of(zip, state)) ?? ShipToZone();
            if (zone is null) eventFlags.Add(TrackingFlags.ZoneAssumed);
            at = CarrierTime.ToUtc(local, zone ?? TimeZoneInfo.Utc);
        }
        if (at is { } known && TrackingTimeline.IsBadTimestamp(known, context.ReceivedAtUtc, null, TimeZoneInfo.Utc)) eventFlags.Add(TrackingFlags.BadTimestamp);
        if (meaning?.Milestone is null) eventFlags.Add(TrackingFlags.UnknownCode);
        var milestone = meaning?.Milestone ?? Milestone.Unknown;
        events.Add(new EventReading
        {
            AtUtc = at, Milestone = milestone, Exception = milestone == Milestone.Exception ? meaning?.Exception ?? ExceptionClass.Unstated : null, Code = code, Text = text,
            City = city, State = state, Zip = zip, SignedBy = milestone == Milestone.Delivered ? Signer(signedBy) : null,
            EstimateOn = estimateOn, EstimateAtUtc = estimateAtUtc, Flags = eventFlags,
        });
    }

    /// <summary>Adds an event already made, as our own CSV makes them.</summary>
    public void Event(EventReading ready) => events.Add(ready);

    /// <summary>A carrier that says "not required" names no signer.</summary>
    public static string? Signer(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var said = text.Trim();
        string[] none = ["signature not", "no signature", "not required", "signature release", "signature on file", "signature waived", "n/a"];
        return none.Any(n => said.Contains(n, StringComparison.OrdinalIgnoreCase)) ? null : said;
    }

    public TrackerReading Done()
    {
        Hand();
        foreach (var flag in events.SelectMany(e => e.Flags)) Flag(flag);
        var state = TrackingTimeline.Read(events.Select((e, i) => e.ToFact(context.ReceivedAtUtc, i)).OfType<TrackingFact>());
        var refused = flags.Any(TrackingFlags.IsRefusal);
        if (!refused && Contradicts(state)) Flag(TrackingFlags.StatusContradictsEvents);
        var contradicts = flags.Contains(TrackingFlags.StatusContradictsEvents);
        var trusted = !refused && !contradicts;
        return new TrackerReading
        {
            Source = source, Carrier = carrier, Tracking = tracking, UniqueId = UniqueId, RawStatus = RawStatus,
            Milestone = refused ? null : contradicts ? Milestone.Unknown : state.Milestone ?? Unsupported(),
            LastMovementAtUtc = state.LastMovementAtUtc, DeliveredAtUtc = trusted ? state.DeliveredAtUtc : null, SignedBy = trusted ? state.SignedBy : null,
            EstimateOn = EstimateOn ?? (EstimateAtUtc is null ? state.EstimateOn : null), EstimateAtUtc = EstimateAtUtc ?? (EstimateOn is null ? state.EstimateAtUtc : null),
            Events = events, Undated = events.Count(e => e.AtUtc is null), Flags = flags, ShipOn = ShipOn, IsReturn = IsReturn, DestinationZip = DestinationZip,
            UpdatedAtUtc = UpdatedAtUtc, Message = Message, State = state,
        };
    }

    /// <summary>No dated event: only a label and "no news" may stand on the status alone.</summary>
    private Milestone? Unsupported() => NoNews ? Milestone.Unknown : Status is Milestone.LabelCreated or Milestone.Unknown ? Status : null;

    /// <summary>What the tracker says as a whole goes to the event it belongs to: the signature to the delivery, the estimate to the newest event.</summary>
    private void Hand()
    {
        if (Signer(SignedBy) is { } signer)
            for (var i = 0; i < events.Count; i++)
                if (events[i] is { Milestone: Milestone.Delivered, SignedBy: null } delivered) events[i] = delivered with { SignedBy = signer };
        if (EstimateOn is null && EstimateAtUtc is null) return;
        var newest = -1;
        for (var i = 0; i < events.Count; i++)
            if (events[i].AtUtc is { } at && !events[i].Flags.Contains(TrackingFlags.BadTimestamp) && (newest < 0 || at > events[newest].AtUtc)) newest = i;
        if (newest >= 0 && events[newest] is { EstimateOn: null, EstimateAtUtc: null } bare) events[newest] = bare with { EstimateOn = EstimateOn, EstimateAtUtc = EstimateAtUtc };
    }

    private bool Contradicts(TrackingState state)
    {
        if (NoNews || Status is not { } status || state.Milestone == Milestone.Recovered) return false;
        static bool Under(Milestone? m) => m is Milestone.PickedUp or Milestone.InTransit or Milestone.OutForDelivery or Milestone.AvailableForPickup or Milestone.DeliveryAttempted;
        var read = state.Milestone;
        return status switch
        {
            Milestone.Unknown or Milestone.EtaUpdate => false,
            // Nothing supports it: a delivery or a journey without one scan is a claim, not a reading.
            _ when read is null => status is not Milestone.LabelCreated,
            Milestone.LabelCreated => read is not (Milestone.LabelCreated or Milestone.Unknown),
            Milestone.Exception => read is Milestone.Delivered or Milestone.Returned or Milestone.Cancelled || (state.OpenException is null && read is not (Milestone.DeliveryAttempted or Milestone.Unknown)),
            Milestone.DeliveryAttempted => state.AttemptedAtUtc is null,
            Milestone.Returning or Milestone.Returned => read is not (Milestone.Returning or Milestone.Returned),
            _ when Under(status) => !Under(read) && read is not (Milestone.DeliveryRetracted or Milestone.Unknown),
            _ => read != status,
        };
    }
}
