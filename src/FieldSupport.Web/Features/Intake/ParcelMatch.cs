using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Carriers;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>A parcel as messages are matched to it.</summary>
/// <param name="EstimateToldAtUtc">When the newest telling was made whose estimate was taken; null where no source said when.</param>
/// <param name="SubmittedOn">Ship-from day on which its order was submitted; an event before it is none of this parcel's (domain.md §2.6 rule 7).</param>
public sealed record Parcel(Guid Id, string Number, string Carrier, string Key, DateTimeOffset LabelAtUtc, DateOnly? SubmittedOn, string TimeZone, DateTimeOffset? EstimateToldAtUtc);

/// <summary>What a person once said about a record of a number that the carrier knows more than once.</summary>
/// <param name="Parcel">Null: none of ours.</param>
public sealed record Choice(Guid WorkItemId, Parcel? Parcel);

/// <summary>
/// Whose is a message? Carriers use numbers again, so the key is carrier, number and a window of 2 days before the label to 60 days after it
/// (domain.md §2.6). Where several parcels fit, the latest label before the event; where none does, nobody's: a person decides, and what a person
/// decided holds for later messages too, within the same 60 days, until a parcel of that very number is labelled.
/// </summary>
public sealed class ParcelMatch
{
    public static readonly TimeSpan BeforeLabel = TimeSpan.FromDays(2), AfterLabel = TimeSpan.FromDays(60);

    private readonly ILookup<string, Parcel> _parcels;
    private readonly ILookup<string, Answered> _answers;

    private ParcelMatch(IEnumerable<Parcel> parcels, IEnumerable<Answered> answers)
    {
        _parcels = parcels.ToLookup(p => p.Key);
        _answers = answers.ToLookup(a => a.Key);
    }

    public static async Task<ParcelMatch> Load(FieldSupportDb db, IEnumerable<string> keys, TimeZoneInfo shipFrom, CancellationToken cancel)
    {
        var parcels = new List<Parcel>();
        var answers = new List<Answered>();
        foreach (var some in keys.Where(k => k.Length > 0).Distinct().Chunk(1000))
        {
            parcels.AddRange(await Parcels(db.Shipments.Where(s => EF.Parameter(some).Contains(s.TrackingKey)), shipFrom, cancel));
            var said = await Said(db, some).ToListAsync(cancel);
            var ids = said.Where(a => a.ShipmentId is not null).Select(a => a.ShipmentId!.Value).Distinct().ToArray();
            var meant = ids.Length == 0 ? [] : (await Parcels(db.Shipments.Where(s => EF.Parameter(ids).Contains(s.Id)), shipFrom, cancel)).ToDictionary(p => p.Id);
            answers.AddRange(said.Select(a => new Answered(
                a.Id, a.TrackingKey!, a.Carrier, a.Reason, a.UniqueId ?? a.ShipOn?.ToString("yyyy-MM-dd"), a.ResolvedAtUtc!.Value, a.ShipmentId is { } id ? meant.GetValueOrDefault(id) : null)));
        }
        return new ParcelMatch(parcels, answers);
    }

    /// <summary>What persons said about these numbers: whose they are, and of doubled ones which are none of ours.</summary>
    private static IQueryable<WorkItem> Said(FieldSupportDb db, string[] keys) => db.WorkItems.AsNoTracking()
        .Where(w => EF.Parameter(keys).Contains(w.TrackingKey) && (w.Answer == WorkAnswer.Matched || (w.Answer == WorkAnswer.Closed && w.Reason == TrackingFlags.DuplicateNumber)));

    private static async Task<List<Parcel>> Parcels(IQueryable<Shipment> shipments, TimeZoneInfo shipFrom, CancellationToken cancel)
    {
        var rows = await shipments.AsNoTracking()
            .Select(s => new { s.Id, s.Number, s.Carrier, s.TrackingKey, s.LabelAtUtc, SubmittedAtUtc = s.Order!.SubmittedAtUtc, s.Location!.TimeZone, s.EstimateToldAtUtc }).ToListAsync(cancel);
        return rows.ConvertAll(s => new Parcel(
            s.Id, s.Number, s.Carrier, s.TrackingKey, s.LabelAtUtc, s.SubmittedAtUtc is { } at ? ZonedTime.DayOf(shipFrom, at) : null, s.TimeZone, s.EstimateToldAtUtc));
    }

    /// <summary>The parcel that had this number at that instant; null where none or nobody knows.</summary>
    public Parcel? At(string? carrier, string key, DateTimeOffset at) => SaidOf(carrier, key, at) ?? Of(carrier, key)
        .Where(p => Fits(p.LabelAtUtc, at))
        .OrderByDescending(p => p.LabelAtUtc <= at).ThenBy(p => (at - p.LabelAtUtc).Duration()).FirstOrDefault();

    /// <summary>The parcel whose label was made about that day, in the day of the place it is shipped from.</summary>
    public Parcel? ShippedOn(string? carrier, string key, DateOnly day, TimeZoneInfo shipFrom) => SaidOf(carrier, key, new(day.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero)) ?? Of(carrier, key)
        .Select(p => (Parcel: p, Days: DaysAfterLabel(p, day, shipFrom)))
        .Where(p => p.Days >= -BeforeLabel.Days && p.Days <= AfterLabel.Days)
        .OrderBy(p => Math.Abs(p.Days)).Select(p => p.Parcel).FirstOrDefault();

    /// <summary>Where it goes, for times without a zone; null where two parcels go to different zones.</summary>
    public static TimeZoneInfo? Zone(FieldSupportDb db, string carrier, string key)
    {
        if (key.Length == 0) return null;
        var zones = db.Shipments.AsNoTracking().Where(s => s.TrackingKey == key && (carrier == "" || s.Carrier == carrier)).Select(s => s.Location!.TimeZone).Distinct().OrderBy(z => z).Take(2).ToList();
        if (zones.Count == 0)
        {
            zones = db.WorkItems.AsNoTracking().Where(w => w.TrackingKey == key && w.Answer == WorkAnswer.Matched && (carrier == "" || w.Carrier == carrier))
                .Join(db.Shipments, w => w.ShipmentId, s => s.Id, (w, s) => s.Location!.TimeZone).Distinct().OrderBy(z => z).Take(2).ToList();
        }
        return zones.Count == 1 ? ZonedTime.Find(zones[0]) : null;
    }

    public static bool Fits(DateTimeOffset label, DateTimeOffset at) => at >= label - BeforeLabel && at <= label + AfterLabel;

    /// <summary>What a person said about this very record of a doubled number; null while nobody has, or where nothing tells the record from its doubles.</summary>
    public Choice? Chosen(string? carrier, string key, string? mark) => mark is null ? null : _answers[key]
        .Where(a => a.Reason == TrackingFlags.DuplicateNumber && a.IsBy(carrier) && string.Equals(a.Mark, mark, StringComparison.Ordinal))
        .OrderByDescending(a => a.AtUtc).Select(a => new Choice(a.WorkItemId, a.Parcel)).FirstOrDefault();

    /// <summary>Of the ship dates that a carrier gives for one doubled number: the parcel whose label is of that very day, where only this record and only one parcel have it.</summary>
    public Parcel? ByShipDate(string? carrier, string key, DateOnly day, IEnumerable<DateOnly?> others, TimeZoneInfo shipFrom)
    {
        // A record without a ship date could be anybody's.
        if (others.Any(o => o is null || o == day)) return null;
        var mine = Of(carrier, key).Where(p => DaysAfterLabel(p, day, shipFrom) == 0).ToList();
        return mine.Count == 1 ? mine[0] : null;
    }

    private Parcel? SaidOf(string? carrier, string key, DateTimeOffset at)
    {
        var said = _answers[key].Where(a => a.Parcel is not null && a.Reason != TrackingFlags.DuplicateNumber && a.IsBy(carrier) && (at - a.AtUtc).Duration() <= AfterLabel).MaxBy(a => a.AtUtc);
        // A label of that very number, made after the person spoke: the carrier has used it again.
        return said is null || _parcels[key].Any(p => p.Id != said.Parcel!.Id && said.IsBy(p.Carrier) && p.LabelAtUtc > said.AtUtc && Fits(p.LabelAtUtc, at)) ? null : said.Parcel;
    }

    private static int DaysAfterLabel(Parcel parcel, DateOnly day, TimeZoneInfo shipFrom) => day.DayNumber - ZonedTime.DayOf(shipFrom, parcel.LabelAtUtc).DayNumber;

    private List<Parcel> Of(string? carrier, string key)
    {
        var parcels = _parcels[key].Where(p => carrier is null || string.Equals(p.Carrier, carrier, StringComparison.OrdinalIgnoreCase)).ToList();
        // Without a carrier's name a number that two carriers use is nobody's.
        return carrier is null && parcels.Select(p => p.Carrier).Distinct().Count() > 1 ? [] : parcels;
    }

    /// <param name="Mark">What tells one record of a number from the next: the carrier's id, else its ship date.</param>
    private sealed record Answered(Guid WorkItemId, string Key, string? Carrier, string Reason, string? Mark, DateTimeOffset AtUtc, Parcel? Parcel)
    {
        public bool IsBy(string? carrier) => string.IsNullOrEmpty(Carrier) || string.IsNullOrEmpty(carrier) || string.Equals(Carrier, carrier, StringComparison.OrdinalIgnoreCase);
    }
}
