using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Ui;

namespace FieldSupport.Web.Features.Notices;

internal static class NoticeWords
{
    /// <summary>What became of a notice's mail.</summary>
    public static string Mail(NoticeState state, DateTimeOffset? sentAt, DateTimeOffset now, TimeZoneInfo zone) => state switch
    {
        _ when sentAt is { } at => When.Absolute(at, now, zone),
        NoticeState.Parked => Say.It("could not be mailed"),
        NoticeState.Failed => Say.It("failed, tried again by itself"),
        NoticeState.Skipped => Say.It("overtaken by a later one"),
        NoticeState.Withdrawn => Say.It("taken back"),
        _ => Say.It("waits to go"),
    };
}
