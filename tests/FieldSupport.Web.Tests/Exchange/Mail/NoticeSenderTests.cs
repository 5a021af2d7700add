using FieldSupport.Domain.Chasing;
using FieldSupport.Testing;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Tests.Data;
using FieldSupport.Web.Tests.Jobs;
using MimeKit;

namespace FieldSupport.Web.Tests.Exchange.Mail;

public sealed class NoticeSenderTests
{
    public static TheoryData<Engine> Both => [Engine.Sqlite, Engine.Postgres];

    private static MailSettings Smtp(int port) => new() { Mode = "Smtp", Host = "127.0.0.1", Port = port, From = "FieldSupport <fieldsupport@demo.test>" };

    [Theory, MemberData(nameof(Both))]
    public async Task Notices_become_files_and_are_marked_with_the_time(Engine engine)
    {
        await using var world = await JobWorld.Create(engine);
        await world.AddNotice("SHP-1");
        await world.AddNotice("SHP-2");

        var report = await world.Send();

        Assert.Equal((2, 2, 0, 0), (report.Due, report.Sent, report.Failed, report.Waiting));
        var mail = await MimeMessage.LoadAsync(Path.Combine(world.MailFolder, FolderPost.FileNameOf(MessageIds.Of("SHP-1", "T-3", "rep"))));
        Assert.Equal(JobWorld.Rep, mail.To.Mailboxes.Single().Address);
        Assert.Equal(world.Clock.GetUtcNow(), (await world.Notice("SHP-1")).SentAtUtc);
        Assert.Equal(0, (await world.Send()).Due);
    }

    [Fact]
    public async Task A_notice_sent_again_after_a_crash_is_the_same_file()
    {
        await using var world = await JobWorld.Create(Engine.Sqlite);
        await world.AddNotice("SHP-1");
        await world.Send();
        var before = await File.ReadAllTextAsync(Directory.GetFiles(world.MailFolder).Single());
        await using (var db = world.Open())
        {
            // The process died between the file and the mark.
            var notice = db.Notices.Single();
            (notice.State, notice.SentAtUtc) = (NoticeState.Queued, null);
            await db.SaveChangesAsync();
        }
        world.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(1, (await world.Send()).Sent);
        Assert.Equal(before, await File.ReadAllTextAsync(Directory.GetFiles(world.MailFolder).Single()));
    }

    [Fact]
    public async Task A_notice_that_went_alone_before_a_crash_neither_joins_others_nor_is_taken_for_one_that_never_went()
    {
        await using var world = await JobWorld.Create(Engine.Sqlite);
        await world.AddNotice("SHP-1", n => (n.Person, n.WatchKey) = (JobWorld.Rep, "ORD-1"));
        await world.Send();
        var before = Directory.GetFiles(world.MailFolder);
        await using (var db = world.Open())
        {
            // The process died between the file and the mark; meanwhile a later rung of the same delivery and another delivery came up.
            var notice = db.Notices.Single();
            (notice.State, notice.SentAtUtc, notice.Attempts) = (NoticeState.Queued, null, 0);
            await db.SaveChangesAsync();
        }
        await world.AddNotice("SHP-1", n => (n.Person, n.WatchKey, n.Rung, n.MessageId) = (JobWorld.Rep, "ORD-1", "T-0", "<later@test>"));
        await world.AddNotice("SHP-2", n => (n.Person, n.WatchKey) = (JobWorld.Rep, "ORD-2"));
        world.Clock.Advance(TimeSpan.FromMinutes(30));
        await world.Send();

        await using var after = world.Open();
        var first = after.Notices.Single(n => n.Rung == "T-3" && n.WatchKey == "ORD-1");
        Assert.Equal((NoticeState.Sent, first.MessageId), (first.State, first.BundleId));
        Assert.Contains(before.Single(), Directory.GetFiles(world.MailFolder));
        Assert.Equal(after.Notices.Where(n => n.State == NoticeState.Sent).Select(n => n.BundleId ?? n.MessageId).Distinct().Count(), Directory.GetFiles(world.MailFolder).Length);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_poisoned_row_is_parked_with_its_reason_and_the_others_go_in_order(Engine engine)
    {
        await using var sink = new SmtpSink();
        await using var world = await JobWorld.Create(engine, mail: Smtp(sink.Port));
        await world.AddNotice("SHP-3", n => n.QueuedAtUtc = world.Clock.GetUtcNow().AddMinutes(-1));
        await world.AddNotice("SHP-1", n => n.QueuedAtUtc = world.Clock.GetUtcNow().AddMinutes(-3));
        await world.AddNotice("SHP-2", n => (n.QueuedAtUtc, n.Addresses) = (world.Clock.GetUtcNow().AddMinutes(-2), "not an address"));

        var report = await world.Send();

        Assert.Equal((3, 2, 1, 1, 0), (report.Due, report.Sent, report.Failed, report.Parked, report.Waiting));
        Assert.Collection(sink.Taken, m => Assert.Contains("SHP-1", m, StringComparison.Ordinal), m => Assert.Contains("SHP-3", m, StringComparison.Ordinal));
        var parked = await world.Notice("SHP-2");
        Assert.Equal(NoticeState.Parked, parked.State);
        Assert.Contains("not a mail address", parked.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_temporary_refusal_is_tried_again_later_and_ever_more_rarely()
    {
        await using var sink = new SmtpSink { OnMail = m => m.Contains("SHP-1", StringComparison.Ordinal) ? "451 try later" : null };
        await using var world = await JobWorld.Create(Engine.Sqlite, mail: Smtp(sink.Port));
        await world.AddNotice("SHP-1");
        await world.AddNotice("SHP-2");

        var report = await world.Send();
        Assert.Equal((1, 1, 0, 1), (report.Sent, report.Failed, report.Parked, report.Waiting));
        Assert.Equal(0, (await world.Send()).Due);

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await world.Send()).Failed);
        var twice = await world.Notice("SHP-1");
        Assert.Equal((NoticeState.Failed, 2, world.Clock.GetUtcNow().AddMinutes(2)), (twice.State, twice.Attempts, twice.NextAttemptAtUtc));

        sink.OnMail = _ => null;
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, (await world.Send()).Sent);
        Assert.Equal(2, sink.Taken.Count);
    }

    [Fact]
    public async Task A_final_refusal_is_parked_and_one_bad_address_keeps_the_mail_from_nobody_else()
    {
        await using var sink = new SmtpSink { OnRecipient = r => r.Contains("gone@", StringComparison.Ordinal) ? "550 no such user" : null };
        await using var world = await JobWorld.Create(Engine.Sqlite, mail: Smtp(sink.Port));
        await world.AddNotice("SHP-1", n => n.Addresses = "gone@demo.test");
        await world.AddNotice("SHP-2", n => n.Addresses = "gone@demo.test, rep@demo.test");

        var report = await world.Send();

        Assert.Equal((1, 1, 1), (report.Sent, report.Failed, report.Parked));
        Assert.Contains("550", (await world.Notice("SHP-1")).LastError, StringComparison.Ordinal);
        var partly = await world.Notice("SHP-2");
        Assert.Equal(NoticeState.Sent, partly.State);
        Assert.Contains("gone@demo.test", partly.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_cut_after_the_mail_costs_the_others_nothing_and_the_mail_goes_again_under_its_Message_ID()
    {
        var cut = true;
        await using var sink = new SmtpSink { OnMail = m => cut && m.Contains("SHP-1", StringComparison.Ordinal) ? "cut" : null };
        await using var world = await JobWorld.Create(Engine.Sqlite, mail: Smtp(sink.Port));
        await world.AddNotice("SHP-1", n => n.QueuedAtUtc = world.Clock.GetUtcNow().AddMinutes(-1));
        await world.AddNotice("SHP-2");

        var report = await world.Send();
        Assert.Equal((1, 1), (report.Sent, report.Failed));

        cut = false;
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await world.Send()).Sent);
        var both = sink.Taken.Where(m => m.Contains("SHP-1", StringComparison.Ordinal)).Select(m => MimeMessage.Load(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(m))).MessageId).ToList();
        Assert.Equal(2, both.Count);
        Assert.Single(both.Distinct());
    }

    [Fact]
    public async Task With_the_mail_server_down_everything_waits_as_it_was_and_the_run_says_so()
    {
        await using var world = await JobWorld.Create(Engine.Sqlite, mail: Smtp(FreePort.Next()));
        await world.AddNotice("SHP-1");
        await world.AddNotice("SHP-2");

        var (run, report) = await world.Run(FieldSupport.Web.Jobs.Timetable.SendNotices);

        Assert.Equal("DONE_WITH_FAILURES", run.Outcome);
        Assert.Contains("cannot be used", run.Why, StringComparison.Ordinal);
        Assert.Equal(2, ((SendReport)report.Detail!).Waiting);
        var waiting = await world.Notice("SHP-1");
        Assert.Equal((NoticeState.Queued, 0), (waiting.State, waiting.Attempts));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Two_nodes_that_send_at_once_send_each_mail_once(Engine engine)
    {
        await using var sink = new SmtpSink();
        await using var one = await JobWorld.Create(engine, mail: Smtp(sink.Port));
        await using var two = one.Another(mail: Smtp(sink.Port));
        for (var i = 0; i < 20; i++) await one.AddNotice($"SHP-{i}");

        var reports = await Task.WhenAll(Task.Run(() => one.Send()), Task.Run(() => two.Send()));

        Assert.Equal(20, reports.Sum(r => r.Sent));
        Assert.Equal(20, sink.Taken.Count);
    }

    /// <summary>Slow, and for one mail silent after taking it: nobody else takes that one up meanwhile, the others go in their order, the ladder goes on beside it.</summary>
    [Theory, MemberData(nameof(Both))]
    public async Task A_slow_server_costs_patience_and_no_notice(Engine engine)
    {
        var silent = true;
        await using var sink = new SmtpSink { Pause = TimeSpan.FromMilliseconds(10), OnMail = m => silent && m.Contains("SHP-105", StringComparison.Ordinal) ? "silence" : null };
        var mail = Smtp(sink.Port);
        mail.AnswerSeconds = 1;
        await using var one = await JobWorld.Create(engine, mail: mail);
        await using var two = one.Another(mail: mail);
        for (var i = 100; i < 112; i++) await one.AddNotice($"SHP-{i}", n => n.QueuedAtUtc = one.Clock.GetUtcNow().AddMinutes(i - 200));

        var sending = Task.Run(() => one.Send());
        await sink.Unanswered.Task;
        // While one waits for an answer: the same mail is nobody else's, what comes behind it may go by another, and a sweep is not held up.
        var (swept, _) = await one.Run(FieldSupport.Web.Jobs.Timetable.EvaluateDeliveries);
        Assert.Equal("DONE", swept.Outcome);
        await two.Send();
        // By what the server was given, not by the row: its second of patience may be over by now, and then the row waits for its next attempt.
        Assert.Single(sink.Taken, m => m.Contains("SHP-105", StringComparison.Ordinal));
        await sending;
        var late = await one.Notice("SHP-105");
        Assert.Equal((NoticeState.Failed, 1), (late.State, late.Attempts));
        Assert.Contains("The connection to the mail server was lost", late.LastError, StringComparison.Ordinal);

        silent = false;
        one.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await one.Send()).Sent);
        var ids = sink.Taken.Select(m => MimeMessage.Load(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(m)))).Select(m => m.MessageId).ToList();
        // Thirteen mails of twelve notices: the one that was never answered came twice, under its own Message-ID, and a mail program shows it once.
        Assert.Equal((13, 12), (ids.Count, ids.Distinct().Count()));
        var before = sink.Taken.Take(5).Select(m => System.Text.RegularExpressions.Regex.Match(m, "SHP-1[01][0-9]").Value).ToList();
        Assert.Equal(["SHP-100", "SHP-101", "SHP-102", "SHP-103", "SHP-104"], before);
    }

    [Fact]
    public async Task A_dry_run_counts_and_sends_nothing()
    {
        await using var world = await JobWorld.Create(Engine.Sqlite);
        await world.AddNotice("SHP-1");

        var report = await world.Send(isDryRun: true);

        Assert.Equal((1, 0, 1), (report.Due, report.Sent, report.Waiting));
        Assert.False(Directory.Exists(world.MailFolder));
    }
}
