using System.Globalization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Api;

/// <summary>The state of a delivery as one opaque word: its row's version and when it was last judged.</summary>
public static class ETags
{
    public static string Of(Delivery row) => Of(row.Version, row.AssessedAtUtc);

    public static string Of(Guid version, DateTimeOffset? assessedAt) =>
        string.Create(CultureInfo.InvariantCulture, $"W/\"{version:N}-{assessedAt?.ToUnixTimeMilliseconds() ?? 0}\"");

    /// <summary>Throws (409) where the writer has seen another state than the one that stands. No header, or *, does not care.</summary>
    public static async Task Check(HttpRequest request, FieldSupportDb db, string number, CancellationToken cancellationToken)
    {
        var seen = request.Headers.IfMatch.SelectMany(h => h?.Split(',') ?? []).Select(t => Strong(t.Trim())).Where(t => t.Length > 0).ToList();
        if (seen.Count == 0 || seen.Contains("*", StringComparer.Ordinal)) return;
        var row = await db.Deliveries.AsNoTracking().Where(d => d.Number == number).Select(d => new { d.Version, d.AssessedAtUtc }).SingleOrDefaultAsync(cancellationToken)
            ?? throw new AbsentException();
        if (!seen.Contains(Strong(Of(row.Version, row.AssessedAtUtc)), StringComparer.Ordinal)) throw new StaleException();
    }

    private static string Strong(string tag) => tag.StartsWith("W/", StringComparison.OrdinalIgnoreCase) ? tag[2..] : tag;
}
