using FieldSupport.Domain.Chasing;
using FieldSupport.Testing;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Tests.Data;
using FieldSupport.Web.Tests.Jobs;
using Microsoft.EntityFrameworkCore;
using MimeKit;

namespace FieldSupport.Web.Tests.Exchange.Mail;

/// <summary>One person, one mail a window; Critical breaks through; held, never dropped; overtaken rungs are skipped and said.</summary>
public sealed class BundleTests
{
    public static TheoryData<Engine> Both => [Engine.Sqlite, Engine.Postgres];

    private static MailSettings Smtp(int port) => new() { Mode = "Smtp", Host = "127.0.0.1", Port = port, From = "FieldSupport <fieldsupport@demo.test>" };

    private static Task<Notice> Add(JobWorld world, string number, string severity = "HIGH", string rung = "T-3", string person = JobWorld.Rep, int minutesAgo = 0) => world.AddNotice(number, n =>
    {
        (n.Rung, n.Severity, n.Person, n.Addresses) = (rung, severity, person, person);
        n.MessageId = MessageIds.Of(number, rung, "rep " + person);
        n.QueuedAtUtc = world.Clock.GetUtcNow().AddMinutes(-minutesAgo);
        n.LinkHash = NoticeLinks.HashOf(n.MessageId);
        n.Body = $"Check {rung} did not hold for {number}.\n";
    });

    private static List<MimeMessage> Mails(SmtpSink sink) => [.. sink.Taken.Select(m => MimeMessage.Load(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(m))))];

    private static async Task<Notice> The(JobWorld world, string number, string rung = "T-3")
    {
        await using var db = world.Open();
        return await db.Notices.AsNoTracking().SingleAsync(n => n.DeliveryNumber == number && n.Rung == rung);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_waits_for_one_person_goes_as_one_mail_and_critical_by_itself(Engine engine)
    {
        await using var sink = new SmtpSink();
        await using var world = await JobWorld.Create(engine, mail: Smtp(sink.Port));
        await Add(world, "SHP-1", minutesAgo: 3);
        await Add(world, "SHP-2", "MEDIUM", minutesAgo: 2);
        await Add(world, "SHP-3", "CRITICAL", minutesAgo: 1);
        await Add(world, "SHP-4", person: "rep2@demo.test");

        Assert.Equal((4, 4, 0), await Counts(world));
        var mails = Mails(sink);
        Assert.Equal(3, mails.Count);
        var together = mails.Single(m => m.Subject!.StartsWith("[HIGH] 2 notices", StringComparison.Ordinal));
        Assert.Equal("[HIGH] 2 notices: SHP-1, SHP-2", together.Subject);
        Assert.Equal(JobWorld.Rep, together.To.Mailboxes.Single().Address);
        Assert.Contains("Check T-3 did not hold for SHP-1.", together.TextBody!, StringComparison.Ordinal);
        Assert.Equal(2, System.Text.RegularExpressions.Regex.Count(together.TextBody!, "/notices/answer/", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Contains(mails, m => m.TextBody!.Contains("for SHP-3.", StringComparison.Ordinal) && !m.TextBody!.Contains("SHP-1", StringComparison.Ordinal));
        Assert.Equal((await The(world, "SHP-1")).BundleId, (await The(world, "SHP-2")).BundleId);
        Assert.Equal($"<{together.MessageId}>", (await The(world, "SHP-1")).BundleId);
    }

    private static async Task<(int Due, int Sent, int Waiting)> Counts(JobWorld world)
    {
        var report = await world.Send();
        Assert.Empty(report.Failures);
        return (report.Due, report.Sent, report.Waiting);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_comes_up_soon_after_a_mail_waits_and_goes_as_one_but_news_of_the_same_delivery_goes_at_once(Engine engine)
    {
        await using var sink = new SmtpSink();
        await using var world = await JobWorld.Create(engine, mail: Smtp(sink.Port));
        await Add(world, "SHP-1");
        await world.Send();
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await Add(world, "SHP-2");
        await Add(world, "SHP-3");
        await Add(world, "SHP-1", rung: "T-2");
        Assert.Equal(1, (await world.Send()).Sent);
        Assert.Equal(2, (await world.Send()).Waiting);

        // The window runs from the last mail about another delivery.
        world.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(0, (await world.Send()).Sent);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, (await world.Send()).Sent);
        Assert.Equal(3, sink.Taken.Count);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Quiet_hours_and_the_digest_hold_a_notice_and_drop_none(Engine engine)
    {
        await using var sink = new SmtpSink();
        await using var world = await JobWorld.Create(engine, mail: Smtp(sink.Port));
        world.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 4, 4, 0, 0, TimeSpan.Zero)); // Wed 10:00 pm CT
        await using (var db = world.Open())
        {
            var rep = new User { UserName = JobWorld.Rep, Email = JobWorld.Rep, DisplayName = "Rep", Role = "rep", Territories = "TN-West" };
            db.Users.Add(rep);
            db.NoticePreferences.Add(new NoticePreference { UserId = rep.Id, Email = JobWorld.Rep, TimeZone = "America/Chicago", QuietFrom = new(20, 0), QuietUntil = new(7, 0), DigestsLesser = true, DigestAt = new(9, 0) });
            await db.SaveChangesAsync();
        }
        await Add(world, "SHP-1", "HIGH");
        await Add(world, "SHP-2", "LOW");
        await Add(world, "SHP-3", "CRITICAL");
        Assert.Equal((1, 2), await SentAndWaiting(world));
        Assert.Contains("SHP-3", sink.Taken.Single(), StringComparison.Ordinal);

        world.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 4, 13, 0, 0, TimeSpan.Zero)); // 7:00 am
        Assert.Equal((1, 1), await SentAndWaiting(world));
        world.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 4, 15, 0, 0, TimeSpan.Zero)); // 9:00 am
        Assert.Equal((1, 0), await SentAndWaiting(world));
    }

    private static async Task<(int, int)> SentAndWaiting(JobWorld world)
    {
        var report = await world.Send();
        return (report.Sent, report.Waiting);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task After_a_day_without_a_mail_server_everything_drains_in_order_and_overtaken_rungs_are_skipped_and_said(Engine engine)
    {
        await using var down = await JobWorld.Create(engine, mail: Smtp(FreePort.Next()));
        await Add(down, "SHP-1", "HIGH", "T-5", minutesAgo: 24 * 60);
        await Add(down, "SHP-1", "HIGH", "T-3", minutesAgo: 60);
        await Add(down, "SHP-2", "HIGH", "T-5", person: "second@demo.test", minutesAgo: 120);
        await Add(down, "SHP-3", "HIGH", "T-5", person: "third@demo.test", minutesAgo: 30);
        Assert.NotNull((await down.Send()).Trouble);
        Assert.Equal(4, (await down.Send()).Waiting);

        await using var sink = new SmtpSink();
        await using var up = down.Another(mail: Smtp(sink.Port));
        var report = await up.Send();
        Assert.Equal((3, 1, 0), (report.Sent, report.Skipped, report.Waiting));
        var mails = Mails(sink);
        Assert.Equal(["second@demo.test", JobWorld.Rep, "third@demo.test"], mails.Select(m => m.To.Mailboxes.Single().Address));
        Assert.StartsWith("Overtaken and never sent to you: T-5 of ", mails[1].TextBody, StringComparison.Ordinal);
        var skipped = await The(up, "SHP-1", "T-5");
        Assert.Equal((NoticeState.Skipped, (DateTimeOffset?)null), (skipped.State, skipped.SentAtUtc));
        Assert.Contains("Overtaken by T-3", skipped.LastError, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_bundle_cut_after_it_was_taken_goes_again_as_the_very_same_mail(Engine engine)
    {
        var cut = true;
        await using var sink = new SmtpSink { OnMail = _ => cut ? "cut" : null };
        await using var world = await JobWorld.Create(engine, mail: Smtp(sink.Port));
        await Add(world, "SHP-1");
        await Add(world, "SHP-2");
        Assert.Equal(2, (await world.Send()).Failed);

        cut = false;
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await Add(world, "SHP-3");
        Assert.Equal((2, 1), await SentAndWaiting(world)); // the third is another mail, and waits its window
        var mails = Mails(sink);
        Assert.Equal(2, mails.Count);
        Assert.Equal((mails[0].MessageId, mails[0].TextBody), (mails[1].MessageId, mails[1].TextBody));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Many_notices_all_arrive_each_in_exactly_one_mail(Engine engine)
    {
        // FIELDSUPPORT_NOTICES=1000 is the long run.
        var many = int.Parse(Environment.GetEnvironmentVariable("FIELDSUPPORT_NOTICES") ?? "120", System.Globalization.CultureInfo.InvariantCulture);
        await using var sink = new SmtpSink();
        await using var world = await JobWorld.Create(engine, mail: Smtp(sink.Port));
        await using (var db = world.Open())
        {
            for (var i = 0; i < many; i++)
            {
                var (number, person) = ($"SHP-{i}", $"person{i % 10}@demo.test");
                db.Notices.Add(new Notice
                {
                    AccountId = Guid.NewGuid(), DeliveryId = Guid.NewGuid(), DeliveryNumber = number, WatchKey = "parcel:" + number, Rung = "T-3", Recipient = "rep", Person = person, Addresses = person,
                    MessageId = MessageIds.Of(number, "T-3", "rep"), Subject = number, Body = $"About <{number}>.\n", Severity = "HIGH", QueuedAtUtc = world.Clock.GetUtcNow().AddSeconds(i - many), NextAttemptAtUtc = world.Clock.GetUtcNow().AddSeconds(i - many),
                });
            }
            await db.SaveChangesAsync();
        }
        while ((await world.Send()).Waiting > 0) world.Clock.Advance(TimeSpan.FromMinutes(15));

        var mails = Mails(sink);
        Assert.Equal(mails.Count, mails.Select(m => m.MessageId).Distinct().Count());
        var said = mails.SelectMany(m => System.Text.RegularExpressions.Regex.Matches(m.TextBody!, "About <(SHP-[0-9]+)>", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Select(x => x.Groups[1].Value)).ToList();
        Assert.Equal(many, said.Count);
        Assert.Equal(many, said.Distinct().Count());
        // Ten people, fifty a mail at most.
        Assert.Equal(10 * ((many / 10 + 49) / 50), mails.Count);
    }
}
