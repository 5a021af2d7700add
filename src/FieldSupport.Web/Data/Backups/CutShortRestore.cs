using FieldSupport.Web.Composition;
using Npgsql;

namespace FieldSupport.Web.Data.Backups;

/// <summary>A restore that was killed in the middle of its swap leaves no database in its place. A start that then made an empty one would hide both.</summary>
internal static class CutShortRestore
{
    /// <summary>Where the parts are and what to do; null where no restore was cut short. Asked only where there is no database.</summary>
    public static async Task<string?> Words(Checked settings, CancellationToken stop)
    {
        try
        {
            var copy = settings.Copy();
            var making = (await copy.Leftovers(stop)).Select(DatabasePlace.Of).ToList();
            if (making.Count == 0) return null;
            var aside = await copy.Asides(stop);
            return $"There is no database in its place ({DatabasePlace.Of(settings)}): a restore was cut short. What it was making is {string.Join(" and ", making)}; "
                + (aside.Count == 0 ? "there was none before." : $"what was there before is {aside[^1]}.")
                + $"{Environment.NewLine}Restore again: that finishes it and removes what is left over. To do without it, {(aside.Count == 0 ? "remove" : $"put {aside[^1]} back in its place and remove")} what the restore was making.";
        }
        catch (NpgsqlException)
        {
            // Who may not list the server's databases may not make one there either, and is told so by whatever comes next. A folder that cannot be read is
            // no such case: the start ends there, rather than make an empty database beside what was restored.
            return null;
        }
    }
}
