using System.Globalization;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Vault;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Mediation;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

/// <summary>The practice that asks, with its calendar. Closures are the coming ones and the latest past.</summary>
public sealed record PracticeDays(Account Account, Location Location, ClinicCalendar Clinic, IReadOnlyDictionary<DateOnly, string?> Closures, DateOnly Today, DateTimeOffset Now);

/// <summary>The practice's own refill dates: judged against its calendar and what is booked, entered with their references in one save.</summary>
public sealed class RefillBook(FieldSupportDb db, ClinicCalendars calendars, PatientVault vault, WithTheSave also, TimeProvider clock, DueSignal? due = null)
{
    /// <summary>To the microsecond that the database keeps: a batch is named by its instant.</summary>
    public DateTimeOffset Now { get; } = CsvKind.Instant(clock.GetUtcNow());

    public VaultPerson Reader => db.Actor.AtTheVault(db.Scope.AccountId);

    /// <summary>Null for somebody without a practice.</summary>
    public async Task<PracticeDays?> Practice(CancellationToken stop)
    {
        // The scope shows exactly one account to whoever may use the portal. Tracked: what is entered hangs on it.
        var account = await db.Accounts.Include(a => a.Locations).OrderBy(a => a.Code).FirstOrDefaultAsync(stop);
        var location = account?.Locations.Find(l => l.IsPrimary) ?? account?.Locations.FirstOrDefault();
        if (account is null || location is null) return null;
        var closures = await db.Closures.AsNoTracking().Where(c => c.AccountId == account.Id).ToDictionaryAsync(c => c.On, c => c.Reason, stop);
        var clinic = calendars.Of(location, closures.Keys);
        return new PracticeDays(account, location, clinic, closures, clinic.DayOf(Now), Now);
    }

    public async Task<IReadOnlyList<PastedRow>> Judge(IReadOnlyList<PastedLine> lines, PracticeDays practice, CancellationToken stop)
    {
        // Read once for the days, then once more with what is booked on them.
        var read = lines.Select(l => (Line: l, WrittenDate.Read(l.Date, practice.Today).On)).Where(l => l.On >= practice.Today).ToList();
        if (read.Count == 0) return PastedDates.Judge(lines, practice.Today, practice.Clinic, practice.Closures, new HashSet<(DateOnly, string)>());
        var (from, to) = (read.Min(l => l.On!.Value), read.Max(l => l.On!.Value));
        var visits = await db.Visits.AsNoTracking().Where(v => v.AccountId == practice.Account.Id && v.CancelledAtUtc == null && v.VisitOn >= from && v.VisitOn <= to)
            .Select(v => new { v.Key, v.VisitOn }).ToListAsync(stop);
        var references = read.Where(l => l.Line.Reference is not null).GroupBy(l => l.On!.Value)
            .ToDictionary(g => g.Key, g => (IReadOnlySet<string>)g.Select(l => l.Line.Reference!.Trim()).ToHashSet(StringComparer.Ordinal));
        var days = read.Select(l => l.On!.Value).ToHashSet();
        var asked = visits.Where(v => days.Contains(v.VisitOn)).ToList();
        IReadOnlyDictionary<string, string?> kept = new Dictionary<string, string?>();
        if (asked.Count > 0)
        {
            IReadOnlySet<string> none = new HashSet<string>();
            await using var door = vault.Beside(db);
            kept = await door.MatchVisitReferences(asked.ToDictionary(v => v.Key, v => references.GetValueOrDefault(v.VisitOn, none)), Reader, stop);
        }
        var booked = new HashSet<(DateOnly, string)>();
        foreach (var visit in asked)
        {
            if (!kept.TryGetValue(visit.Key, out var reference)) booked.Add((visit.VisitOn, ""));
            else if (reference is not null) booked.Add((visit.VisitOn, reference));
        }
        return PastedDates.Judge(lines, practice.Today, practice.Clinic, practice.Closures, booked);
    }

    /// <summary>What a form was written in sight of: changes when a visit of the practice is entered or cancelled.</summary>
    public async Task<string> Seen(PracticeDays practice, CancellationToken stop)
    {
        var visits = db.Visits.AsNoTracking().Where(v => v.AccountId == practice.Account.Id);
        var count = await visits.CountAsync(stop);
        var cancelled = await visits.CountAsync(v => v.CancelledAtUtc != null, stop);
        return string.Create(CultureInfo.InvariantCulture, $"{count}-{cancelled}");
    }

    /// <summary>Puts the rows into the save under way: visits, who is watched, and their references in the vault, all or nothing.</summary>
    public async Task Enter(IReadOnlyCollection<PastedRow> rows, PracticeDays practice, CancellationToken stop)
    {
        var roster = new WatchRoster(db, Now);
        var book = new VisitBook(db, roster, Now);
        var references = new List<VisitReferenceEntry>();
        foreach (var row in rows)
        {
            var visit = new VisitSlot
            {
                AccountId = practice.Account.Id, Account = practice.Account, Key = await Numbers.Next(db, Numbers.Visits, stop),
                VisitOn = row.On!.Value, RefillByOn = row.RefillByOn, RecordedAtUtc = Now,
            };
            visit.Record("visit.entered");
            book.Enter(visit, practice.Account);
            if (row.Reference is not null) references.Add(new VisitReferenceEntry(visit.Key, visit.AccountId, row.Reference));
        }
        Keep(references);
        Write(roster);
    }

    /// <summary>Wakes what depends on the change, in the transaction of the save.</summary>
    public void Write(WatchRoster roster)
    {
        also.Add(async (_, stop) => await roster.Write(stop));
        if (due is not null) also.Afterwards(due.Signal);
    }

    /// <summary>The practice's own codes of these visits; the audit holds that they were read.</summary>
    public async Task<IReadOnlyDictionary<string, string>> References(IReadOnlyCollection<string> keys, CancellationToken stop)
    {
        if (keys.Count == 0) return new Dictionary<string, string>();
        await using var door = vault.Open();
        return await door.ReadVisitReferences(keys, VaultPurpose.PatientCare, null, Reader, stop);
    }

    private void Keep(List<VisitReferenceEntry> references)
    {
        if (references.Count == 0) return;
        also.Add(async (_, stop) =>
        {
            await using var door = vault.Beside(db);
            await door.StoreVisitReferences(references, Reader, stop);
        });
    }

    /// <summary>A batch's name in an address: the instant at which it was entered.</summary>
    public static string Mark(DateTimeOffset at) => (at.UtcTicks / 10).ToString(CultureInfo.InvariantCulture);

    public static DateTimeOffset? Instant(string? mark) =>
        long.TryParse(mark, NumberStyles.None, CultureInfo.InvariantCulture, out var micros) && micros <= DateTimeOffset.MaxValue.UtcTicks / 10 ? new DateTimeOffset(micros * 10, TimeSpan.Zero) : null;
}
