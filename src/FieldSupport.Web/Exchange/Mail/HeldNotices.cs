using FieldSupport.Domain.Chasing;

namespace FieldSupport.Web.Exchange.Mail;

public static class HeldNotices
{
    /// <summary>Notices that wait for their reader's digest or the end of their quiet hours, and that no mail has been made of: what has one is in somebody's hand.</summary>
    public static IQueryable<Notice> Held(this IQueryable<Notice> notices, DateTimeOffset now) =>
        notices.Where(n => n.State == NoticeState.Queued && n.Attempts == 0 && n.SentAtUtc == null && n.BundleId == null && n.NextAttemptAtUtc > now && n.LinkHash != null);
}
