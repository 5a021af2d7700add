using FieldSupport.Domain.Practices;
using FieldSupport.Web.Exchange.Csv;

namespace FieldSupport.Web.Features.Intake;

/// <summary>Days on which a clinic is closed beside the federal holidays (domain.md §2.7).</summary>
public sealed class ImportClosures(TimeProvider clock) : CsvKind(clock)
{
    public const string KindName = "closures", FormatText =
        "CSV account,date,reason";

    public override string Kind => KindName;
    public override string Format => FormatText;
    protected override CsvColumns Columns { get; } = new(["account", "date"], ["reason"]);

    protected override async Task Apply(Reading reading)
    {
        var accounts = await reading.Accounts("account", withClosures: true);
        foreach (var row in reading.Good)
        {
            var account = reading.AccountOf(row, accounts);
            row.Need("date");
            var on = row.NearDay("date");
            var reason = row.Text("reason", 200);
            if (row.IsBad || account is null || on is not { } day) continue;

            var known = account.Closures.Find(c => c.On == day);
            if (known is not null && (reason is null || reason == known.Reason)) continue;
            row.IsNews = true;
            reading.Roster.Changed(account);
            if (known is not null)
            {
                known.Reason = reason;
                continue;
            }
            var added = new Closure { Account = account, AccountId = account.Id, On = day, Reason = reason, RecordedAtUtc = reading.Now };
            added.Record("closure.imported", null, reading.Source);
            if (!account.Closures.Contains(added)) account.Closures.Add(added);
            reading.Db.Closures.Add(added);
        }
    }
}
