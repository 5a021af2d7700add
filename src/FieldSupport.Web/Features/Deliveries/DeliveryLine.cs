using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Ui;
using Microsoft.AspNetCore.Html;

namespace FieldSupport.Web.Features.Deliveries;

/// <summary>What the partial of a row needs.</summary>
/// <param name="IsWithinPractice">The page speaks of one practice: the number leads, its name would only repeat itself.</param>
public sealed record DeliveryLine(DeliveryRow Row, DateTimeOffset Now, bool MayChase, RescueDeadline? Rescue = null, bool IsWithinPractice = false)
{
    /// <summary>Drawn once for all who are given the same kept answer: they are of one role, and so of one mind about what they may.</summary>
    internal DrawnOnce Drawn { get; } = new();

    internal sealed class DrawnOnce
    {
        public IHtmlContent? Content { get; set; }
    }
}

/// <summary>The next moment at which logistics has to have decided, and about what.</summary>
public sealed record RescueDeadline(RescueOption Option, DateTimeOffset DecideBy, string Words)
{
    /// <summary>As the last look stored it; null when there is none, or when its moment has passed since.</summary>
    public static RescueDeadline? Of(DeliveryRow row, DateTimeOffset now, TimeZoneInfo shipFrom) =>
        row.RescueByUtc is { } by && by > now && WireName.Parse<RescueOption>(row.RescueOption) is { } option
            ? new RescueDeadline(option, by, $"{NoticeText.RescueName(option)}: decide by {When.Absolute(by, now, option == RescueOption.CourierSameDay ? row.Zone : shipFrom)}") : null;
}
