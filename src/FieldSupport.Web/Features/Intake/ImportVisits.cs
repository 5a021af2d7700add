using FieldSupport.Domain.Refills;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Csv;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>Booked refill visits. The practice's own reference goes to the vault in the same transaction and nowhere else.</summary>
public sealed class ImportVisits(TimeProvider clock) : CsvKind(clock)
{
    public override string Kind => "visits";
    public override string Format => "CSV account,visit,visitOn[,refillBy,reference]; 'visit' is a key and never names a patient";
    protected override CsvColumns Columns { get; } = new(["account", "visit", "visitOn"], ["refillBy", "reference"]);

    protected override async Task Apply(Reading reading)
    {
        var accounts = await reading.Accounts("account");
        var known = new Dictionary<string, VisitSlot>(StringComparer.Ordinal);
        foreach (var some in reading.Good.Select(r => r.Raw("visit").Trim()).Distinct().Chunk(500))
            foreach (var visit in await reading.Db.Visits.Where(v => some.Contains(v.Key)).ToListAsync(reading.Cancel))
                known.Add(visit.Key, visit);

        foreach (var row in reading.Good)
        {
            var account = reading.AccountOf(row, accounts);
            var key = row.NeedCode("visit", 64);
            var on = row.Day("visitOn");
            var refillBy = row.Day("refillBy");
            if (key is not null && Numbers.LooksLikeOurs(key))
                row.Reject("visit", "RESERVED_KEY", "A visit's key may not look like one of our order, parcel or work-list numbers.");
            if (row.IsBad || account is null || key is null) continue;

            if (!known.TryGetValue(key, out var visit))
            {
                if (!row.Need("visitOn")) continue;
                visit = new VisitSlot { AccountId = account.Id, Account = account, Key = key, VisitOn = on!.Value, RefillByOn = refillBy, RecordedAtUtc = reading.Now };
                visit.Record("visit.imported", null, reading.Source);
                known.Add(key, visit);
                reading.Db.Visits.Add(visit);
                reading.Roster.Add(visit, account);
                row.IsNews = true;
            }
            else if (visit.AccountId != account.Id)
            {
                row.Reject("visit", "VISIT_OF_OTHER_ACCOUNT", $"The key '{key}' is a visit of another account; keys are unique.");
                continue;
            }
            else
            {
                if (on is { } day && day != visit.VisitOn)
                {
                    // The need-by of its orders follows from the visit; their deliveries are dated anew by the next look.
                    visit.MoveTo(day, reading.Source);
                    row.IsNews = true;
                }
                if (refillBy is { } bound && bound != visit.RefillByOn)
                {
                    visit.RefillByOn = bound;
                    row.IsNews = true;
                }
                if (row.IsNews) reading.Roster.Changed(visit);
            }
            // The value stays out of the message: it is the practice's business.
            if (visit.RefillByOn < visit.VisitOn) row.Warn("refillBy", "VISIT_AFTER_REFILL_BY", "The visit lies after its refill-by date.");
            Reference(reading, row, visit);
        }
    }

    private static void Reference(Reading reading, RowCheck row, VisitSlot visit)
    {
        _ = reading;
        _ = visit;
        if (row.IsEmpty("reference")) return;
    }
}
