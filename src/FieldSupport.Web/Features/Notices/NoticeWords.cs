using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Ui;

namespace FieldSupport.Web.Features.Notices;

internal static class NoticeWords
{
    /// <summary>What became of a notice's mail.</summary>
    public static string Mail(NoticeState state, DateTimeOffset? sentAt, DateTimeOffset now, TimeZoneInfo zone) => state switch
    {
        _ when sentAt is { } at => When.Absolute(at, now, zone),
        NoticeState.Parked => "could not be mailed",
        NoticeState.Failed => "failed, tried again by itself",
        NoticeState.Skipped => "overtaken by a later one",
        NoticeState.Withdrawn => "taken back",
        _ => "waits to go",
    };
}
