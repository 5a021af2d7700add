using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FsCheck.Xunit;
using Xunit;

namespace FieldSupport.Domain.Tests.Chasing;

public sealed class NoticeTimingTests
{
    private static readonly TimeZoneInfo Central = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");

    private static DateTimeOffset At(int day, int hour, int minute = 0) => ZonedTime.At(Central, new DateOnly(2027, 2, day), new TimeOnly(hour, minute));

    private static NoticePreference Wishes(Action<NoticePreference>? with = null)
    {
        var wishes = new NoticePreference { UserId = "u", Email = "rep@demo.test", TimeZone = "America/Chicago", QuietFrom = new TimeOnly(20, 0), QuietUntil = new TimeOnly(7, 0) };
        with?.Invoke(wishes);
        return wishes;
    }

    [Fact]
    public void An_answer_is_due_after_half_an_hour_at_critical_and_two_working_hours_at_high()
    {
        // Thu Feb 4, 8:00 am CT = 9:00 am ET; on Friday 4:30 pm ET half an hour of work is left.
        Assert.Equal(At(4, 8, 30), NoticeTiming.AnswerDue(Severity.Critical, At(4, 8), ShipFromCalendar.Default, new Policy()));
        Assert.Equal(At(4, 10), NoticeTiming.AnswerDue(Severity.High, At(4, 8), ShipFromCalendar.Default, new Policy()));
        Assert.Equal(At(8, 8, 30), NoticeTiming.AnswerDue(Severity.High, At(5, 15, 30), ShipFromCalendar.Default, new Policy()));
        foreach (var calm in new Severity?[] { Severity.Medium, Severity.Low, Severity.Watch, null })
            Assert.Null(NoticeTiming.AnswerDue(calm, At(4, 8), ShipFromCalendar.Default, new Policy()));
    }

    [Theory]
    [InlineData(null, false, 0, Severity.High, "10:00")] // told calmly, found HIGH at 8:00
    [InlineData(null, false, 0, Severity.Critical, "08:30")]
    [InlineData(null, false, 0, Severity.Medium, null)]
    [InlineData(null, true, 0, Severity.Critical, null)] // somebody has it
    [InlineData(null, false, 1, Severity.High, null)] // the next level was told, and that came to an end
    [InlineData("09:00", false, 0, Severity.High, "09:00")] // it was HIGH before: the clock runs on
    [InlineData("09:00", false, 0, Severity.Critical, "08:30")]
    [InlineData("08:10", false, 2, Severity.Critical, "08:10")]
    [InlineData("09:00", false, 0, Severity.Watch, "09:00")] // whether it is over is asked when it is due
    public void What_gets_worse_after_it_was_told_is_waited_for_from_then(string? dueAt, bool isAnswered, int level, Severity now, string? expected)
    {
        DateTimeOffset? Clock(string? time) => time is null ? null : ZonedTime.At(Central, new DateOnly(2027, 2, 4), TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(Clock(expected), NoticeTiming.AnswerDueNow(Clock(dueAt), isAnswered, level, now, At(4, 8), ShipFromCalendar.Default, new Policy()));
    }

    /// <summary>Played look by look over random severities, as the sweep does.</summary>
    [Property(MaxTest = 300)]
    public void An_answer_that_is_due_is_never_put_off_and_asking_again_changes_nothing(byte[] looks)
    {
        DateTimeOffset? due = null;
        var (now, worst) = (At(4, 6), (Severity?)null);
        foreach (var look in looks)
        {
            now = now.AddMinutes(1 + look % 100);
            var severity = (Severity)(look % 5);
            var before = due;
            due = Due(before);
            Assert.Equal(due, Due(due));
            if (before is not null) Assert.True(due is not null && due <= before);
            else Assert.Equal(NoticeTiming.AnswerDue(severity, now, ShipFromCalendar.Default, new Policy()), due);
            worst = worst < severity ? worst : severity;
            Assert.Equal(worst <= Severity.High, due is not null);
            // Whatever was answered before stays answered, however bad it gets.
            Assert.Null(NoticeTiming.AnswerDueNow(before, true, 0, severity, now, ShipFromCalendar.Default, new Policy()));
            DateTimeOffset? Due(DateTimeOffset? at) => NoticeTiming.AnswerDueNow(at, false, 0, severity, now, ShipFromCalendar.Default, new Policy());
        }
    }

    [Theory]
    [InlineData(19, 59, null)]
    [InlineData(20, 0, 5)]
    [InlineData(23, 30, 5)]
    [InlineData(0, 0, 4)]
    [InlineData(6, 59, 4)]
    [InlineData(7, 0, null)]
    public void Quiet_hours_over_midnight_end_in_the_morning(int hour, int minute, int? endsOn)
    {
        var until = NoticeTiming.QuietUntil(Wishes(), Central, At(4, hour, minute));
        Assert.Equal(endsOn is { } day ? At(day, 7) : null, until);
    }

    [Fact]
    public void Critical_breaks_through_quiet_hours_and_digest_and_high_waits_for_no_digest()
    {
        var wishes = Wishes(w => w.DigestsLesser = w.DigestsDelivered = true);
        DateTimeOffset From(Severity? severity, DateTimeOffset now, bool isDelivered = false) => NoticeTiming.MailableFrom(wishes, severity, isDelivered, now, now);

        Assert.Equal(At(4, 22), From(Severity.Critical, At(4, 22)));
        Assert.Equal(At(5, 7), From(Severity.High, At(4, 22)));
        Assert.Equal(At(4, 12), From(Severity.High, At(4, 12)));
        Assert.Equal(At(5, 7, 30), From(Severity.Medium, At(4, 12)));
        Assert.Equal(At(5, 7, 30), From(null, At(4, 12), isDelivered: true));
        // Without the wish it goes at once, but for the quiet hours.
        Assert.Equal(At(4, 12), NoticeTiming.MailableFrom(Wishes(), null, true, At(4, 12), At(4, 12)));
        Assert.Equal(At(4, 22), NoticeTiming.MailableFrom(null, Severity.Low, false, At(4, 22), At(4, 22)));
    }

    [Fact]
    public void What_waited_for_a_digest_that_has_come_goes_however_late_the_sender_is()
    {
        var wishes = Wishes(w => w.DigestsLesser = true);
        Assert.Equal(At(5, 9), NoticeTiming.MailableFrom(wishes, Severity.Low, false, queuedAt: At(4, 12), now: At(5, 9)));
    }

    [Fact]
    public void A_delivery_is_put_aside_for_a_day_at_most_and_never_past_the_next_rung()
    {
        Assert.Equal(At(5, 9), NoticeTiming.SnoozeAtMost(At(4, 9), null, new Policy()));
        Assert.Equal(At(5, 8), NoticeTiming.SnoozeAtMost(At(4, 9), At(5, 8), new Policy()));
        Assert.Equal(At(5, 9), NoticeTiming.SnoozeAtMost(At(4, 9), At(8, 8), new Policy()));
    }

    [Fact]
    public void Somebody_is_away_from_the_first_day_to_the_last_in_their_own_zone()
    {
        var wishes = Wishes(w => (w.AwayFrom, w.AwayUntil) = (new DateOnly(2027, 2, 4), new DateOnly(2027, 2, 5)));
        Assert.False(NoticeTiming.IsAway(wishes, At(3, 23, 59)));
        Assert.True(NoticeTiming.IsAway(wishes, At(4, 0)));
        Assert.True(NoticeTiming.IsAway(wishes, At(5, 23, 59)));
        Assert.False(NoticeTiming.IsAway(wishes, At(6, 0)));
        Assert.True(NoticeTiming.IsAway(Wishes(w => w.AwayFrom = new DateOnly(2027, 2, 1)), At(20, 0)));
    }

    [Fact]
    public void The_next_level_is_whom_the_next_rung_adds_and_the_first_with_somebody_there()
    {
        string[] t5 = ["practice-coordinator", "rep", "logistics", "partner-service", "manager"];
        Assert.Equal(["practice-clinical-lead", "head-of-logistics"], ChaseLadder.NextLevel(t5, _ => true));
        Assert.Equal(["field-head", "medical-affairs"], ChaseLadder.NextLevel(t5, s => s is "field-head"));
        Assert.Equal(["safety"], ChaseLadder.NextLevel([.. t5, "practice-clinical-lead", "head-of-logistics", "field-head", "medical-affairs"], _ => true));
        Assert.Empty(ChaseLadder.NextLevel([.. t5, "safety"], _ => true));
        // Told to the company alone: nobody of the practice is brought in.
        Assert.Equal(["head-of-logistics"], ChaseLadder.NextLevel(["manager"], _ => true));
    }
}
