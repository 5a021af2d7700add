using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shared;
using FieldSupport.Vault;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Mediation;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Compliance;

/// <summary>What somebody tells, on its way to safety.</summary>
/// <param name="Source">button, chase or receipt.</param>
/// <param name="ClientKey">Of the form; the same person's same key is the same report.</param>
public sealed record Told(string What, SafetyKind Kind, string Source, Guid? AccountId, string? DeliveryNumber, string? ClientKey);

/// <summary>
/// Takes a report within the save of whatever command it came with: the receipt in the database, what was told straight into the vault, a
/// notice to safety that repeats nothing of it (domain.md §7.3).
/// </summary>
public sealed class SafetyIntake(FieldSupportDb db, WithTheSave also, PatientVault vault, CurrentScope current, Settings settings, TimeProvider clock, DueSignal? due = null)
{
    public const string Slot = "safety", Rung = "SAFETY_REPORT";
    /// <summary>Longest narrative, in characters.</summary>
    public const int Longest = VaultDoor.LongestNarrative;

    /// <summary>What a chase or a receipt keeps of the answer: "no", the number of the report, or null where nobody was asked.</summary>
    /// <param name="texts">What was typed beside it and was checked for words that may mean harm.</param>
    public async Task<string?> Answer(SafetyQuestion.Form? answer, string source, Guid accountId, string deliveryNumber, IEnumerable<string?> texts, CancellationToken cancellationToken)
    {
        if (answer is null) return null;
        if (answer.IsYes)
            return (await Take(new Told(answer.What!, WireName.Parse<SafetyKind>(answer.About) ?? SafetyKind.Unsure, source, accountId, deliveryNumber, answer.Key), cancellationToken)).Number;
        if (SafetyQuestion.WordIn([.. texts]) is { } word) db.Note("safety.dismissed", "safety-question", deliveryNumber, $"“{word}”: {answer.WhyNot!.Trim()}", source);
        return SafetyQuestion.No;
    }

    /// <summary>The receipt; the one that is there already where this very form was sent before.</summary>
    public async Task<SafetyReport> Take(Told told, CancellationToken cancellationToken)
    {
        if (await Known(told.ClientKey, cancellationToken) is { } known) return known;
        var now = clock.GetUtcNow();
        now = new(now.UtcTicks - now.UtcTicks % 10, TimeSpan.Zero);
        var actor = current.Actor;
        var report = new SafetyReport
        {
            Number = await Numbers.Next(db, Numbers.SafetyReports, cancellationToken), Kind = told.Kind, AwareAtUtc = now,
            DueAtUtc = SafetyClock.DueAt(now, await ZoneOf(told.AccountId, cancellationToken)).ToUniversalTime(),
            ReportedBy = actor.Name, ReporterRole = actor.Role ?? "", AccountId = told.AccountId, DeliveryNumber = told.DeliveryNumber, Source = told.Source,
        };
        db.SafetyReports.Add(report);
        if (SafetyQuestion.IsKey(told.ClientKey))
        {
            // The very key kept beside it: of two at once the second one's save fails, and it finds the first.
            db.IdempotentRequests.Add(new IdempotentRequest
            {
                UserId = actor.Name, Key = KeyOf(told.ClientKey!), RequestHash = "", StatusCode = StatusCodes.Status303SeeOther, Response = report.Number, AtUtc = now,
            });
        }
        db.Notices.Add(await Notice(report, cancellationToken));
        also.Add(async (_, stop) =>
        {
            await using var door = vault.Beside(db);
            await door.StoreSafetyNarrative(report.Number, told.What.Trim(), actor.AtTheVault(), stop);
        });
        if (due is not null) also.Afterwards(due.Signal);
        return report;
    }

    /// <summary>This person's report under this key; null when there is none.</summary>
    public async Task<SafetyReport?> Known(string? clientKey, CancellationToken cancellationToken)
    {
        if (!SafetyQuestion.IsKey(clientKey)) return null;
        var (person, key) = (current.Actor.Name, KeyOf(clientKey!));
        var number = await db.IdempotentRequests.AsNoTracking().Where(r => r.UserId == person && r.Key == key).Select(r => r.Response).SingleOrDefaultAsync(cancellationToken);
        return number is null ? null : await db.SafetyReports.AsNoTracking().SingleOrDefaultAsync(r => r.Number == number && r.ReportedBy == person, cancellationToken);
    }

    /// <summary>Who stands in the slot: the setting, else everybody of the role; null parks the notice where somebody sees it.</summary>
    public static async Task<string?> AddressesOf(FieldSupportDb db, Settings settings, CancellationToken cancellationToken)
    {
        if (settings.Recipients.TryGetValue(Slot, out var set) && !string.IsNullOrWhiteSpace(set)) return set;
        var desk = await db.Users.AsNoTracking().Where(u => u.Role == Roles.Safety && !u.IsDisabled && u.Email != null).OrderBy(u => u.Email).Select(u => u.Email).ToListAsync(cancellationToken);
        return desk.Count == 0 ? null : string.Join(", ", desk);
    }

    private async Task<Notice> Notice(SafetyReport report, CancellationToken cancellationToken)
    {
        var addresses = await AddressesOf(db, settings, cancellationToken);
        var zone = ShipFromCalendar.Default.Zone;
        var link = $"{settings.BaseUrl}/safety/{report.Number}";
        return new Notice
        {
            // About no account, so that nobody of sales or of a practice meets it; the receipt is theirs on their own page.
            AccountId = Guid.Empty, DeliveryId = Guid.Empty, DeliveryNumber = report.Number, WatchKey = "safety:" + report.Number, Rung = Rung, Recipient = Slot,
            Person = addresses?.Split(',')[0].Trim().ToLowerInvariant() ?? "", Addresses = addresses, MessageId = MessageIds.Of(report.Number, Rung, Slot), Severity = WireName.Of(Severity.High),
            Subject = $"[FieldSupport] {report.Number}: a problem was reported",
            Body = $"{report.Number} was reported and waits for safety.\n\nDue: {Say.InEnglish(() => Ui.When.Absolute(report.DueAtUtc, report.AwareAtUtc, zone))}\n\nRead it and take it over: {link}\n\nWhat was told is read there and nowhere else.\n",
            State = addresses is null ? NoticeState.Parked : NoticeState.Queued, QueuedAtUtc = report.AwareAtUtc, NextAttemptAtUtc = report.AwareAtUtc,
            LastError = addresses is null ? "Nobody stands behind the slot 'safety': set FieldSupport:Recipients:safety, or add a user of role safety." : null,
        };
    }

    private async Task<TimeZoneInfo> ZoneOf(Guid? accountId, CancellationToken cancellationToken)
    {
        var name = accountId is null ? null : await db.Locations.AsNoTracking().Where(l => l.AccountId == accountId).OrderByDescending(l => l.IsPrimary).ThenBy(l => l.Name).Select(l => l.TimeZone).FirstOrDefaultAsync(cancellationToken);
        return (name is null ? null : ZonedTime.Find(name)) ?? ShipFromCalendar.Default.Zone;
    }

    private static string KeyOf(string clientKey) => "safety-report:" + clientKey;
}
