using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Exchange.Mail;
using FieldSupport.Web.Ui;

namespace FieldSupport.Web.Features.Deliveries;

/// <summary>What the partial of a row needs.</summary>
/// <param name="IsWithinPractice">The page speaks of one practice: the number leads, its name would only repeat itself.</param>
public sealed record DeliveryLine(DeliveryRow Row, DateTimeOffset Now, bool MayChase, RescueDeadline? Rescue = null, bool IsWithinPractice = false);

/// <summary>The next moment at which logistics has to have decided, and about what.</summary>
public sealed record RescueDeadline(RescueOption Option, DateTimeOffset DecideBy, string Words)
{
    /// <summary>The earliest deadline still ahead among what logistics decides; null when there is none.</summary>
    public static RescueDeadline? Of(IEnumerable<Rescue> options, DateTimeOffset now, TimeZoneInfo shipFrom)
    {
        var next = options.Where(o => o is { IsFeasible: true, DecidedBy: "logistics" } && o.DecideBy > now).OrderBy(o => o.DecideBy).FirstOrDefault();
        return next is null ? null
            : new RescueDeadline(next.Option, next.DecideBy!.Value, $"{NoticeText.RescueName(next.Option)}: decide by {When.Absolute(next.DecideBy.Value, now, shipFrom)}");
    }
}
