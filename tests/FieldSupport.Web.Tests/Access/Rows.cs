using System.Globalization;
using System.Text;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.Access;

/// <summary>Everything that the database holds, as text, to see whether something changed; entries about denials left out.</summary>
internal static class Rows
{
    public static async Task<string> AllAsync(Application application)
    {
        await using var db = application.Open();
        var text = new StringBuilder();
        var connection = db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync();
        foreach (var table in db.Model.GetEntityTypes().Select(t => t.GetTableName()).Where(t => t is not null).Distinct().Order(StringComparer.Ordinal))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM \"{table}\"" + (table == "Audit" ? " WHERE \"Action\" <> 'access.denied'" : "");
            await using var reader = await command.ExecuteReaderAsync();
            var rows = new List<string>();
            while (await reader.ReadAsync())
            {
                // The hash of an entry seals the denials before it, too.
                var values = Enumerable.Range(0, reader.FieldCount).Where(i => reader.GetName(i) is not ("Hash" or "Sequence"))
                    .Select(i => $"{reader.GetName(i)}={Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)}");
                rows.Add(string.Join('|', values));
            }
            rows.Sort(StringComparer.Ordinal);
            text.AppendLine(table).AppendJoin('\n', rows).AppendLine();
        }
        return text.ToString();
    }
}
