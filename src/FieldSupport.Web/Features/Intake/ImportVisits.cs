using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Vault;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Csv;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace FieldSupport.Web.Features.Intake;

/// <summary>Booked refill visits. The practice's own reference goes to the vault in the same transaction and nowhere else.</summary>
public sealed class ImportVisits(TimeProvider clock, PatientVault vault) : CsvKind(clock)
{
    public const string KindName = "visits", FormatText =
        "CSV account,visit,visitOn[,refillBy,reference]; 'visit' is a key and never names a patient";

    public override string Kind => KindName;
    public override string Format => FormatText;
    protected override CsvColumns Columns { get; } = new(["account", "visit", "visitOn"], ["refillBy", "reference"]);

    protected override async Task Apply(Reading reading)
    {
        var accounts = await reading.Accounts("account");
        var known = new Dictionary<string, VisitSlot>(StringComparer.Ordinal);
        foreach (var some in reading.Good.Select(r => r.Raw("visit").Trim()).Distinct().Chunk(500))
            foreach (var visit in await reading.Db.Visits.Where(v => some.Contains(v.Key)).ToListAsync(reading.Cancel))
                known.Add(visit.Key, visit);

        HashSet<Guid>? watched = null;
        var days = new Dictionary<string, DateOnly>(StringComparer.Ordinal);
        var references = new Dictionary<string, (RowCheck Row, VisitReferenceEntry Entry)>(StringComparer.Ordinal);
        foreach (var row in reading.Good)
        {
            var account = reading.AccountOf(row, accounts);
            var key = row.NeedCode("visit", 64);
            var on = row.NearDay("visitOn");
            var refillBy = row.NearDay("refillBy");
            if (key is not null && (key.Trim('.').Length == 0 || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':')))
                row.Reject("visit", "BAD_KEY", "A visit's key stands in addresses and never names a patient: letters, digits, - _ . and : only.");
            if (key is not null && Numbers.LooksLikeOurs(key))
                row.Reject("visit", "RESERVED_KEY", "A visit's key may not look like one of our order, parcel or work-list numbers.");
            var reference = row.Raw("reference").Trim();
            if (reference.Length > VaultDoor.LongestReference)
                row.Reject("reference", "TOO_LONG", $"Longer than {VaultDoor.LongestReference} characters.");
            if (reference.Length > 0 && key is not null && references.TryGetValue(key, out var before) && before.Entry.Reference != reference)
                row.Reject("reference", "CONTRADICTS_EARLIER_ROW", "An earlier row gives this visit another reference.");
            if (key is not null && on is { } stated && !days.TryAdd(key, stated) && days[key] != stated)
                row.Reject("visitOn", "TWICE_IN_FILE", $"'{key}' stands in this file twice, with different days; leave the one that holds.");
            if (row.IsBad || account is null || key is null) continue;

            if (!known.TryGetValue(key, out var visit))
            {
                if (!row.Need("visitOn")) continue;
                visit = new VisitSlot { AccountId = account.Id, Account = account, Key = key, VisitOn = on!.Value, RefillByOn = refillBy, RecordedAtUtc = reading.Now };
                visit.Record("visit.imported", null, reading.Source);
                known.Add(key, visit);
                reading.Book.Enter(visit, account);
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
                    watched ??= await reading.Book.Watched(known.Values, reading.Cancel);
                    row.Warn("visitOn", "VISIT_MOVES", $"{visit.VisitOn:yyyy-MM-dd} → {day:yyyy-MM-dd}; its orders are dated anew.");
                    reading.Book.Move(visit, account, day, reading.Source, watched);
                    row.IsNews = true;
                }
                if (refillBy is { } bound && bound != visit.RefillByOn)
                {
                    visit.RefillByOn = bound;
                    row.IsNews = true;
                }
                if (row.IsNews) reading.Roster.Changed(visit);
            }
            if (row.IsNews && VisitBook.IsOver(visit.VisitOn, account, reading.Now))
                row.Warn("visitOn", "VISIT_IS_OVER", $"{visit.VisitOn:yyyy-MM-dd} is over. " + (VisitBook.IsOver(visit.VisitOn, account, visit.RecordedAtUtc)
                    ? "The visit is kept for its orders; that it has none is not told to anybody. Look at the year if that is wrong."
                    : "The visit was to come: if no order covers it, everybody on the ladder is told. Put the day right if that is wrong."));
            // The value stays out of the message: it is the practice's business.
            if (visit.RefillByOn < visit.VisitOn) row.Warn("refillBy", "VISIT_AFTER_REFILL_BY", "The visit lies after its refill-by date.");
            if (reference.Length > 0) references[key] = (row, new VisitReferenceEntry(key, visit.AccountId, reference));
        }
        if (references.Count > 0) await Keep(reading, references);
    }

    /// <summary>The vault says which are new without giving one away; it stores them in the transaction of the visits.</summary>
    private async Task Keep(Reading reading, Dictionary<string, (RowCheck Row, VisitReferenceEntry Entry)> references)
    {
        var db = reading.Db;
        var by = new VaultPerson(db.Actor.Name, db.Actor.Role, db.Scope.AccountId);
        VaultDoor Door() => vault.Beside(db.Database.GetDbConnection(), () => db.Database.CurrentTransaction?.GetDbTransaction());
        await using (var door = Door())
            foreach (var (key, compared) in await door.CompareVisitReferences([.. references.Values.Select(r => r.Entry)], by, reading.Cancel))
                if (compared != VaultComparison.Same) references[key].Row.IsNews = true;
        reading.AlsoInTransaction.Add(async cancel =>
        {
            await using var door = Door();
            await door.StoreVisitReferences([.. references.Values.Where(r => !r.Row.IsBad).Select(r => r.Entry)], by, cancel);
        });
    }
}
