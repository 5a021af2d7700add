using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Domain.Tests.Shared;

namespace FieldSupport.Domain.Tests.Chasing;

/// <summary>
/// A visit, its order and its parcels as they come to be known. Every fact has the instant from which it is known, so the story can be
/// asked at any instant: <see cref="FactsOf"/> gives what a program would read then, and <see cref="Run"/> plays it as the product does.
/// </summary>
internal sealed class Story
{
    public const string Place = "37201";

    public ClinicCalendar Clinic { get; set; } = Calendars.Story;
    public RiskCalendars World { get; set; } = RiskCalendars.Default;
    public DeliveryKind Kind { get; set; }
    public DateOnly? VisitOn { get; set; }
    public DateOnly? RefillByOn { get; set; }
    public ServiceLevel Service { get; set; } = ServiceLevel.TwoDay;
    public DateOnly? LicenseExpiresOn { get; set; } = new(2030, 1, 1);
    public DateTimeOffset VisitKnownAt { get; set; } = DateTimeOffset.MinValue;
    public DateTimeOffset? SubmittedAt { get; set; }
    public DateTimeOffset? AcknowledgedAt { get; set; }
    public DateTimeOffset? BackorderedAt { get; set; }
    public bool HasAlternatePack { get; set; }
    public List<(DateTimeOffset KnownAt, DateOnly? ShipOn)> Promises { get; } = [];
    public List<(HoldReason Reason, DateTimeOffset Since, DateTimeOffset? Until)> Holds { get; } = [];
    public List<StoryParcel> Parcels { get; } = [];

    public static Story OfVisit(string visitOn, string? refillBy = null) =>
        new() { VisitOn = Calendars.D(visitOn), RefillByOn = refillBy is null ? null : Calendars.D(refillBy) };

    public Story Ordered(string submittedEt, string? acknowledgedEt = null)
    {
        SubmittedAt = Calendars.Et(submittedEt);
        AcknowledgedAt = acknowledgedEt is null ? null : Calendars.Et(acknowledgedEt);
        return this;
    }

    public StoryParcel Ship(DateTimeOffset labelAt, DateTimeOffset? committedAt = null, ServiceLevel? service = null)
    {
        var parcel = new StoryParcel { LabelAt = labelAt, CommittedAt = committedAt, Service = service ?? Service };
        Parcels.Add(parcel);
        return parcel;
    }

    /// <summary>What is watched at an instant: the visit until it is covered, the order until it is shipped, each parcel from its label on.</summary>
    public IEnumerable<string> WatchedAt(DateTimeOffset now)
    {
        if (VisitOn is not null && now >= VisitKnownAt && !(SubmittedAt <= now)) yield return "visit";
        if (SubmittedAt <= now && !Parcels.Any(p => p.KnownAt <= now)) yield return "order";
        for (var i = 0; i < Parcels.Count; i++)
            if (Parcels[i].KnownAt <= now) yield return "parcel " + i;
    }

    public DeliveryFacts FactsOf(string watched, DateTimeOffset now)
    {
        var parcel = watched.StartsWith("parcel", StringComparison.Ordinal) ? Parcels[int.Parse(watched[7..], System.Globalization.CultureInfo.InvariantCulture)] : null;
        static DateTimeOffset? Known(DateTimeOffset? at, DateTimeOffset now) => at <= now ? at : null;
        var promise = Promises.Where(p => p.KnownAt <= now).OrderBy(p => p.KnownAt).Select(p => p.ShipOn).LastOrDefault();
        var facts = new DeliveryFacts
        {
            Shape = watched == "visit" ? DeliveryShape.UncoveredVisit : parcel is null ? DeliveryShape.UnshippedOrder : DeliveryShape.Parcel,
            Kind = Kind, Clinic = Clinic, VisitOn = VisitOn, RefillByOn = RefillByOn, LicenseExpiresOn = LicenseExpiresOn,
            Service = watched == "visit" ? null : parcel?.Service ?? Service,
            SubmittedAtUtc = Known(SubmittedAt, now), AcknowledgedAtUtc = Known(AcknowledgedAt, now),
            IsBackordered = BackorderedAt <= now, PromisedShipOn = promise, HasAlternatePack = HasAlternatePack,
            OrderHasLabel = Parcels.Any(p => p.KnownAt <= now),
            OpenHolds = [.. Holds.Where(h => h.Since <= now && !(h.Until <= now)).Select(h => new HoldFact(h.Reason, h.Since))],
            ShipToZip = Place,
        };
        if (parcel is null) return facts;
        return facts with
        {
            LabelAtUtc = parcel.LabelAt, CommittedAtUtc = parcel.CommittedAt,
            Tracking = TrackingTimeline.Read(parcel.Events.Where(e => e.ReceivedAtUtc <= now)),
            ReceiptAtUtc = Known(parcel.ReceiptAt, now), HasOpenDiscrepancy = parcel.ShortFrom <= now && !(parcel.ShortUntil <= now),
            PracticeSaysNotReceived = parcel.NotReceivedFrom <= now && !(parcel.FoundAt <= now),
            IsSuperseded = parcel.ReplacedBy is { } next && next.KnownAt <= now,
            ReplacementDelivered = parcel.ReplacedBy is { } other && other.HasArrivedBy(now),
            ReplacementConfirmed = parcel.ReplacedBy is { } sent && sent.IsConfirmedBy(now),
            OriginalDelivered = Parcels.Exists(p => p.ReplacedBy == parcel && p.HasArrivedBy(now) && !p.IsMissedBy(now) && (p.DeliveredZipBy(now) ?? Place) == Place),
            OriginalConfirmed = Parcels.Exists(p => p.ReplacedBy == parcel && p.IsConfirmedBy(now)),
        };
    }

    public Assessment Ask(string watched, DateTimeOffset now) => DeliveryRisk.Assess(FactsOf(watched, now), World, now);

    /// <summary>The watched thing of a story with only one at that instant.</summary>
    public Assessment Ask(DateTimeOffset now) => Ask(WatchedAt(now).Single(), now);

    public IReadOnlyList<Rescue> RescueAt(string watched, DateTimeOffset now)
    {
        var facts = FactsOf(watched, now);
        return RescueOptions.Of(facts, DeliveryRisk.Assess(facts, World, now), World, now);
    }

    /// <summary>Every instant at which something becomes known.</summary>
    public IEnumerable<DateTimeOffset> Happenings()
    {
        var all = new List<DateTimeOffset?> { VisitKnownAt, SubmittedAt, AcknowledgedAt, BackorderedAt };
        all.AddRange(Promises.Select(p => (DateTimeOffset?)p.KnownAt));
        foreach (var (_, since, until) in Holds) all.AddRange([since, until]);
        foreach (var p in Parcels)
        {
            all.AddRange([p.KnownAt, p.ReceiptAt, p.ShortFrom, p.ShortUntil, p.NotReceivedFrom, p.FoundAt]);
            all.AddRange(p.Events.Select(e => (DateTimeOffset?)e.ReceivedAtUtc));
        }
        return all.Where(at => at is not null).Select(at => at!.Value);
    }

    /// <summary>
    /// Plays the story: evaluates what is watched when something becomes known and when the last answer said to look again, on a grid of
    /// <paramref name="interval"/> (zero: at the exact instants), never inside <paramref name="isOff"/>.
    /// </summary>
    public Diary Run(DateTimeOffset from, DateTimeOffset to, TimeSpan interval = default, Func<DateTimeOffset, bool>? isOff = null)
    {
        var diary = new Diary();
        var happenings = new Queue<DateTimeOffset>(Happenings().Where(h => h > from).Order());
        var now = from;
        var heard = true;
        while (now <= to)
        {
            var off = isOff?.Invoke(now) == true;
            if (!off)
            {
                while (happenings.TryPeek(out var next) && next <= now) { happenings.Dequeue(); heard = true; }
                diary.Evaluate(this, now, everything: heard);
                heard = false;
            }
            var until = new[] { happenings.Count > 0 ? happenings.Peek() : DateTimeOffset.MaxValue, diary.NextLook }.Min();
            if (interval == TimeSpan.Zero)
            {
                if (until <= now) throw new InvalidOperationException("The next look does not lie ahead.");
                now = until;
            }
            else
            {
                var steps = off ? 1 : Math.Max(1, until >= to.AddDays(1) ? long.MaxValue : (until - from + interval - TimeSpan.FromTicks(1)).Ticks / interval.Ticks - (now - from).Ticks / interval.Ticks);
                if (steps > (to - now).Ticks / interval.Ticks) break;
                now += interval * steps;
            }
        }
        return diary;
    }
}

/// <summary>One parcel of a story.</summary>
internal sealed class StoryParcel
{
    public required DateTimeOffset LabelAt { get; init; }
    public DateTimeOffset? LabelKnownAt { get; init; }
    public DateTimeOffset KnownAt => LabelKnownAt ?? LabelAt;
    public DateTimeOffset? CommittedAt { get; init; }
    public required ServiceLevel Service { get; init; }
    public List<TrackingFact> Events { get; } = [];
    public DateTimeOffset? ReceiptAt { get; set; }
    public DateTimeOffset? ShortFrom { get; set; }
    public DateTimeOffset? ShortUntil { get; set; }
    public DateTimeOffset? NotReceivedFrom { get; set; }
    public DateTimeOffset? FoundAt { get; set; }
    public StoryParcel? ReplacedBy { get; set; }

    public StoryParcel Scan(DateTimeOffset at, Milestone milestone, ExceptionClass? exception = null, string? zip = null, string? signedBy = null,
        DateTimeOffset? estimate = null, string? estimateOn = null, DateTimeOffset? receivedAt = null)
    {
        Events.Add(new TrackingFact
        {
            AtUtc = at, Milestone = milestone, Exception = exception, ReceivedAtUtc = receivedAt ?? at, Arrival = Events.Count,
            Zip = zip ?? (milestone == Milestone.Delivered ? Story.Place : null), SignedBy = signedBy,
            EstimateAtUtc = estimate, EstimateOn = estimateOn is null ? null : Calendars.D(estimateOn),
        });
        return this;
    }

    public bool IsMissedBy(DateTimeOffset now) => NotReceivedFrom <= now && !(FoundAt <= now);

    public string? DeliveredZipBy(DateTimeOffset now) => TrackingTimeline.Read(Events.Where(e => e.ReceivedAtUtc <= now)).DeliveredZip;

    public bool IsConfirmedBy(DateTimeOffset now) => ReceiptAt <= now && !(ShortFrom <= now && !(ShortUntil <= now)) && !IsMissedBy(now);

    public bool HasArrivedBy(DateTimeOffset now) =>
        ReceiptAt <= now || TrackingTimeline.Read(Events.Where(e => e.ReceivedAtUtc <= now)).DeliveredAtUtc is not null;
}

/// <summary>One line of a <see cref="Diary"/>.</summary>
internal sealed record Entry(DateTimeOffset At, string Watched, string What);

/// <summary>A notice as the ledger keeps it: one rung, once, with its list.</summary>
internal sealed record Told(DateTimeOffset At, string Watched, RungCall Call);

/// <summary>What a run of a story noted: reasons that opened and cleared, rungs told and superseded.</summary>
internal sealed class Diary
{
    private readonly Dictionary<string, Assessment> _answers = [];
    private readonly HashSet<string> _ledger = [];

    public List<Entry> Reasons { get; } = [];
    public List<Told> Notices { get; } = [];
    public List<Entry> Superseded { get; } = [];
    /// <summary>Every evaluation, with the answer before it.</summary>
    public Action<string, Assessment?, Assessment, DateTimeOffset, bool>? OnAnswer { get; set; }
    public IReadOnlyDictionary<string, Assessment> Answers => _answers;
    public IReadOnlySet<string> Ledger => _ledger;

    public DateTimeOffset NextLook => _answers.Values.Min(a => a.NextLook) ?? DateTimeOffset.MaxValue;

    public IEnumerable<string> OpenedAt(string at) => Reasons.Where(r => r.At == Calendars.T(at) && r.What[0] == '+').Select(r => r.What[1..]);

    public IEnumerable<Told> Chases => Notices.Where(n => n.Call.Rung != RungName.Delivered);

    public void Evaluate(Story story, DateTimeOffset now, bool everything)
    {
        var watched = story.WatchedAt(now).ToList();
        foreach (var gone in _answers.Keys.Except(watched).ToList())
        {
            foreach (var reason in _answers[gone].Reasons) Reasons.Add(new Entry(now, gone, "-" + WireName.Of(reason)));
            _answers.Remove(gone);
        }
        foreach (var one in watched)
        {
            var before = _answers.GetValueOrDefault(one);
            if (!everything && before is not null && !(before.NextLook <= now)) continue;
            var facts = story.FactsOf(one, now);
            var answer = DeliveryRisk.Assess(facts, story.World, now);
            _answers[one] = answer;
            OnAnswer?.Invoke(one, before, answer, now, everything);
            IEnumerable<StallReason> old = before?.Reasons ?? [];
            foreach (var reason in answer.Reasons.Except(old)) Reasons.Add(new Entry(now, one, "+" + WireName.Of(reason)));
            foreach (var reason in old.Except(answer.Reasons)) Reasons.Add(new Entry(now, one, "-" + WireName.Of(reason)));

            var step = ChaseLadder.Climb(facts, answer, _ledger, now);
            foreach (var call in step.Tell)
            {
                if (!_ledger.Add(call.Rung)) throw new InvalidOperationException(call.Rung + " told twice.");
                Notices.Add(new Told(now, one, call));
            }
            foreach (var rung in step.Superseded)
            {
                if (!_ledger.Add(rung)) throw new InvalidOperationException(rung + " superseded though it stands in the ledger.");
                Superseded.Add(new Entry(now, one, rung));
            }
            if (ChaseLadder.Climb(facts, answer, _ledger, now) is { Tell.Count: > 0 } or { Superseded.Count: > 0 })
                throw new InvalidOperationException("Running the ladder on its own output added something.");
        }
    }
}
