using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>A parcel as messages are matched to it.</summary>
/// <param name="SubmittedOn">Ship-from day on which its order was submitted; an event before it is none of this parcel's (domain.md §2.6 rule 7).</param>
public sealed record Parcel(Guid Id, string Number, string Carrier, string Key, DateTimeOffset LabelAtUtc, DateOnly? SubmittedOn, string TimeZone);

/// <summary>
/// Whose is a message? Carriers use numbers again, so the key is carrier, number and a window of 2 days before the label to 60 days after it
/// (domain.md §2.6). Where several parcels fit, the latest label before the event; where none does, nobody's: a person decides.
/// </summary>
public sealed class ParcelMatch
{
    public static readonly TimeSpan BeforeLabel = TimeSpan.FromDays(2), AfterLabel = TimeSpan.FromDays(60);

    private readonly ILookup<string, Parcel> _parcels;

    private ParcelMatch(IEnumerable<Parcel> parcels) => _parcels = parcels.ToLookup(p => p.Key);

    public static async Task<ParcelMatch> Load(FieldSupportDb db, IEnumerable<string> keys, TimeZoneInfo shipFrom, CancellationToken cancel)
    {
        var parcels = new List<Parcel>();
        foreach (var some in keys.Where(k => k.Length > 0).Distinct().Chunk(1000))
        {
            var rows = await db.Shipments.AsNoTracking().Where(s => EF.Parameter(some).Contains(s.TrackingKey))
                .Select(s => new { s.Id, s.Number, s.Carrier, s.TrackingKey, s.LabelAtUtc, SubmittedAtUtc = s.Order!.SubmittedAtUtc, s.Location!.TimeZone }).ToListAsync(cancel);
            parcels.AddRange(rows.Select(s => new Parcel(
                s.Id, s.Number, s.Carrier, s.TrackingKey, s.LabelAtUtc, s.SubmittedAtUtc is { } at ? ZonedTime.DayOf(shipFrom, at) : null, s.TimeZone)));
        }
        return new ParcelMatch(parcels);
    }

    /// <summary>The parcel that had this number at that instant; null where none or nobody knows.</summary>
    public Parcel? At(string? carrier, string key, DateTimeOffset at) => Of(carrier, key)
        .Where(p => Fits(p.LabelAtUtc, at))
        .OrderByDescending(p => p.LabelAtUtc <= at).ThenBy(p => (at - p.LabelAtUtc).Duration()).FirstOrDefault();

    /// <summary>The parcel whose label was made about that day, in the day of the place it is shipped from.</summary>
    public Parcel? ShippedOn(string? carrier, string key, DateOnly day, TimeZoneInfo shipFrom) => Of(carrier, key)
        .Select(p => (Parcel: p, Days: day.DayNumber - ZonedTime.DayOf(shipFrom, p.LabelAtUtc).DayNumber))
        .Where(p => p.Days >= -BeforeLabel.Days && p.Days <= AfterLabel.Days)
        .OrderBy(p => Math.Abs(p.Days)).Select(p => p.Parcel).FirstOrDefault();

    /// <summary>Where it goes, for times without a zone; null where two parcels go to different zones.</summary>
    public TimeZoneInfo? Zone(string? carrier, string key)
    {
        var zones = Of(carrier, key).Select(p => p.TimeZone).Distinct().ToList();
        return zones.Count == 1 ? ZonedTime.Find(zones[0]) : null;
    }

    public static bool Fits(DateTimeOffset label, DateTimeOffset at) => at >= label - BeforeLabel && at <= label + AfterLabel;

    private List<Parcel> Of(string? carrier, string key)
    {
        var parcels = _parcels[key].Where(p => carrier is null || string.Equals(p.Carrier, carrier, StringComparison.OrdinalIgnoreCase)).ToList();
        // Without a carrier's name a number that two carriers use is nobody's.
        return carrier is null && parcels.Select(p => p.Carrier).Distinct().Count() > 1 ? [] : parcels;
    }
}
