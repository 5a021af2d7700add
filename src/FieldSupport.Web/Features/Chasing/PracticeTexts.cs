using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Ui;

namespace FieldSupport.Web.Features.Chasing;

/// <summary>
/// What a practice is told with one tap: approved wordings, each with its version, filled with the delivery's own facts and nothing else. They
/// promise nothing, advise nothing and name no patient.
/// </summary>
public static class PracticeTexts
{
    /// <summary>Changes with every change of a wording; stands in the mail and in the record.</summary>
    public const string Version = "2026-11";

    /// <param name="Name">Which wording: late, no signal, watched, arrived.</param>
    public sealed record Text(string Name, string Subject, string Body);

    public static Text Of(WatchedDelivery delivery, Assessment assessment, string sender, string? phone, string link, DateTimeOffset now)
    {
        var zone = delivery.Facts.Clinic.Zone;
        var what = delivery.Order is { } order ? $"order {order.Number} (your PO {order.Po})" : $"delivery {delivery.Row.Number}";
        var needBy = assessment.NeedBy is { } need ? $" It has to be there by {When.Absolute(need, now, zone)}." : "";
        var estimate = assessment.ProjectedArrival is { } eta ? $" It is expected on {When.Absolute(eta, now, zone)}." : "";
        var (name, subject, says) = assessment.Outlook switch
        {
            _ when delivery.Facts.Shape == DeliveryShape.UncoveredVisit =>
                ("order", "no order covers a refill visit", $"No order covers the refill visit on {(delivery.Facts.VisitOn is { } on ? When.Day(on) : "the booked day")} yet.{needBy} Please place the order, or tell us if the visit has changed."),
            Outlook.Late => ("late", "it may not arrive in time", $"We expect {what} after the time at which you need it.{needBy}{estimate} We are working on it. Please tell us now what you have on your shelf, and follow your practice's own plan in the meantime."),
            Outlook.NoSignal => ("no signal", "we do not know where it is", $"The carrier has not reported on {what} for longer than usual.{needBy} We are asking, and tell you what we learn. If it has arrived, please confirm the receipt."),
            Outlook.Delivered => ("arrived", "please confirm the receipt", $"The carrier reports {what} as delivered. Please count it, check its condition and confirm the receipt, or tell us that it is not there."),
            _ => ("watched", "where your delivery stands", $"We are watching {what} for you.{needBy}{estimate} If anything is different on your side, please tell us."),
        };
        return new Text(name, NoticeText.OneLine($"{delivery.Row.Number}: {subject}"),
            $"{NoticeText.Plain(says)}\n\n{NoticeText.Plain(sender)}{(phone is null ? "" : $", {NoticeText.Plain(phone)}")}\n\nOn the portal: {link}\nDo not reply with patient information. Text {name} {Version}.\n");
    }
}
