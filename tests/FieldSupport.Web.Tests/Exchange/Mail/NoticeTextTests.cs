using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Features.Chasing;
using MimeKit;

namespace FieldSupport.Web.Tests.Exchange.Mail;

public sealed class NoticeTextTests
{
    private static readonly TimeZoneInfo Central = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");
    private static readonly TimeZoneInfo Eastern = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

    // Story 2 of domain.md §9 as of 2027-02-04 08:00 CT.
    private static NoticeFacts Facts() => new()
    {
        Rung = "T-3", AccountName = "Lakeside Neurology", DeliveryNumber = "SHP-88120", Order = "ORD-20422", Po = "LR-881", Carrier = "FedEx", Tracking = "771204815520",
        VisitOn = new DateOnly(2027, 2, 9), NeedBy = At(2, 5, 22), MustShipBy = At(2, 3, 22), Projected = At(2, 4, 22), EstimateSource = "service", Severity = Severity.High,
        Reasons = ["The committed delivery time passed 15 h ago", "No scan for 35 h; this service may be silent for 24 h"],
        LastScanAt = At(2, 3, 3, 14), LastScanPlace = "Memphis TN", Rescue = ["Reship overnight: arrives Fri Feb 5, 4:00 pm CT (logistics decides)"],
        Task = "Carry out the rescue: reship overnight by the cut-off.", Link = "https://field.test/deliveries/SHP-88120", Zone = Central, ShipFromZone = Eastern, AsOf = At(2, 4, 14),
    };

    private static DateTimeOffset At(int month, int day, int hour, int minute = 0) => new(2027, month, day, hour, minute, 0, TimeSpan.Zero);

    [Fact]
    public void A_chase_notice_says_what_why_by_when_and_what_can_be_done()
    {
        var mail = NoticeText.Of(Facts());

        Assert.Equal("[HIGH] SHP-88120 for Lakeside Neurology: need-by Fri Feb 5", mail.Subject);
        Assert.Contains("To do: Carry out the rescue", mail.Body, StringComparison.Ordinal);
        Assert.Contains("- No scan for 35 h; this service may be silent for 24 h\n", mail.Body, StringComparison.Ordinal);
        Assert.Contains("Order: ORD-20422 (PO LR-881)\n", mail.Body, StringComparison.Ordinal);
        Assert.Contains("Need-by: Fri Feb 5, 4:00 pm CT\n", mail.Body, StringComparison.Ordinal);
        Assert.Contains("Estimate: Thu Feb 4, 4:00 pm CT (by the service level)\n", mail.Body, StringComparison.Ordinal);
        Assert.Contains("Slack: 24 h\n", mail.Body, StringComparison.Ordinal);
        Assert.Contains("Runway: 5 days\n", mail.Body, StringComparison.Ordinal);
        Assert.Contains("Last scan: 34 h ago, Tue Feb 2, 9:14 pm CT, Memphis TN\n", mail.Body, StringComparison.Ordinal);
        Assert.Contains("https://field.test/deliveries/SHP-88120\n", mail.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_known_is_said_to_be_unknown()
    {
        var mail = NoticeText.Of(Facts() with { Projected = null, EstimateSource = "none", LastScanAt = null });

        Assert.Contains("estimate unknown", mail.Subject, StringComparison.Ordinal);
        Assert.Contains("Estimate: unknown\n", mail.Body, StringComparison.Ordinal);
        Assert.Contains("Slack: unknown\n", mail.Body, StringComparison.Ordinal);
        Assert.Contains("Last scan: none yet\n", mail.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_delivery_asks_to_confirm_the_receipt_and_is_no_chase()
    {
        var mail = NoticeText.Of(Facts() with { Rung = RungName.Delivered, Severity = null, Task = null, Reasons = [], Rescue = [], DeliveredAt = At(2, 4, 16, 41) });

        Assert.Equal("SHP-88120 for Lakeside Neurology was delivered", mail.Subject);
        Assert.Contains("Thu Feb 4, 10:41 am CT. Please count it", mail.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Slack", mail.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_with_line_breaks_adds_neither_a_header_nor_a_line()
    {
        var mail = NoticeText.Of(Facts() with { AccountName = "Lakeside\r\nBcc: thief@evil.test\u2028x" });
        Assert.DoesNotContain('\n', mail.Subject);
        Assert.DoesNotContain("\nBcc:", mail.Body, StringComparison.Ordinal);

        var notice = Notice(n => n.Subject = "Lakeside\r\nBcc: thief@evil.test");
        var mime = Message("FieldSupport <a@b.test>").Of(notice);
        Assert.Empty(mime.Bcc);
        Assert.DoesNotContain("\nBcc:", mime.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rep@demo.test\r\nBcc: thief@evil.test")]
    [InlineData("nobody")]
    [InlineData("")]
    public void An_address_that_is_none_is_refused_for_good(string address)
    {
        var refused = Assert.Throws<MailRefusedException>(() => Message("a@b.test").Of(Notice(n => n.Addresses = address)));
        Assert.True(refused.ForGood);
    }

    [Fact]
    public void The_same_row_is_the_same_mail_with_the_rows_Message_ID()
    {
        var (one, two) = (Message("a@b.test").Of(Notice()), Message("a@b.test").Of(Notice()));

        Assert.Equal(one.ToString(), two.ToString());
        Assert.Equal(MessageIds.Of("SHP-1", "T-3", "rep"), $"<{one.MessageId}>");
        Assert.Equal(MessageImportance.High, one.Importance);
        Assert.Contains("<a href=\"https://field.test/deliveries/SHP-1\">", one.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;", one.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Message_ID_follows_from_delivery_rung_and_recipient_alone()
    {
        Assert.Equal(MessageIds.Of("SHP-1", "T-3", "rep"), MessageIds.Of("SHP-1", "T-3", "rep"));
        Assert.Equal(4, new[] { MessageIds.Of("SHP-1", "T-3", "rep"), MessageIds.Of("SHP-1", "T-2", "rep"), MessageIds.Of("SHP-1", "T-3", "manager"), MessageIds.Of("SHP-1T", "-3", "rep") }.Distinct().Count());
        Assert.Matches("^<fs\\.[0-9a-f]{32}@[a-z.]+>$", MessageIds.Of("SHP-1", "T-3", "rep"));
    }

    [Fact]
    public void Every_reason_has_a_sentence_that_is_not_its_code()
    {
        foreach (var reason in Enum.GetValues<StallReason>())
        {
            Assert.NotEqual(WireName.Of(reason), ReasonWords.Of(reason));
            Assert.Equal(ReasonWords.Of(reason), ReasonWords.Of(WireName.Of(reason)));
        }
        Assert.Equal("SOMETHING_NEW", ReasonWords.Of("SOMETHING_NEW"));
    }

    private static NoticeMessage Message(string from) =>
        new(from, new FieldSupport.Web.Data.NoticeLinks(new FieldSupport.Web.Composition.Checked(new FieldSupport.Web.Composition.Settings(), true, "", "", Path.GetTempPath(), false, false)));

    private static Notice Notice(Action<Notice>? with = null)
    {
        var notice = new Notice
        {
            DeliveryNumber = "SHP-1", WatchKey = "parcel:SHP-1", Rung = "T-3", Recipient = "rep", Addresses = "rep@demo.test, rep2@demo.test", MessageId = MessageIds.Of("SHP-1", "T-3", "rep"),
            Subject = "SHP-1", Body = "Why:\n- <b>bold</b>\n\nDelivery: https://field.test/deliveries/SHP-1\n", Severity = "CRITICAL", QueuedAtUtc = At(2, 4, 14),
        };
        with?.Invoke(notice);
        return notice;
    }
}
