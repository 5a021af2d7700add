using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FieldSupport.Domain.Operations;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace FieldSupport.Web.Data.Auditing;

/// <summary>What changed in a row, old → new, as the audit keeps it: {"field":["old","new"]}.</summary>
internal static class AuditChanges
{
    /// <summary>Stands for a value that the audit must not repeat.</summary>
    private const string Withheld = "***";

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly HashSet<(Type, string)> Left =
    [
        // Digests: the tracking events say it all.
        (typeof(Shipment), nameof(Shipment.Milestone)), (typeof(Shipment), nameof(Shipment.LastMovementAtUtc)),
        (typeof(Shipment), nameof(Shipment.DeliveredAtUtc)), (typeof(Shipment), nameof(Shipment.SignedBy)),
        (typeof(Shipment), nameof(Shipment.DuplicateEvents)),
        (typeof(User), nameof(User.ConcurrencyStamp)), (typeof(User), nameof(User.NormalizedEmail)), (typeof(User), nameof(User.NormalizedUserName)),
    ];

    private static readonly HashSet<(Type, string)> Secret =
    [
        (typeof(User), nameof(User.PasswordHash)), (typeof(User), nameof(User.SecurityStamp)), (typeof(User), nameof(User.AccessFailedCount)),
        (typeof(User), nameof(User.LockoutEnd)), (typeof(ApiToken), nameof(ApiToken.TokenHash)),
    ];

    /// <summary>Null when nothing changed that the audit shows.</summary>
    /// <param name="nameOf">What people call the row with this key, if it is at hand.</param>
    public static string? Of(EntityEntry entry, Func<Guid, string?> nameOf)
    {
        if (entry.State is not (EntityState.Added or EntityState.Modified or EntityState.Deleted)) return null;
        var type = entry.Entity.GetType();
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, Readable);
        var any = false;
        json.WriteStartObject();
        foreach (var property in entry.Properties)
        {
            var name = property.Metadata.Name;
            if (property.Metadata.IsPrimaryKey() || name == nameof(Entity.Version) || property.Metadata.ClrType == typeof(byte[])) continue;
            if (Left.Contains((type, name))) continue;
            var old = entry.State == EntityState.Added ? null : property.OriginalValue;
            var now = entry.State == EntityState.Deleted ? null : property.CurrentValue;
            if (Equals(old, now)) continue;

            any = true;
            json.WriteStartArray(JsonNamingPolicy.CamelCase.ConvertName(name));
            var secret = Secret.Contains((type, name));
            Write(json, old, secret, nameOf);
            Write(json, now, secret, nameOf);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.Flush();
        return any ? Encoding.UTF8.GetString(buffer.WrittenSpan) : null;
    }

    /// <summary>As <see cref="Of"/> for a new row that the context does not track.</summary>
    public static string? OfNew(IEntityType type, object row)
    {
        var clr = row.GetType();
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, Readable);
        var any = false;
        json.WriteStartObject();
        foreach (var property in type.GetProperties())
        {
            if (property.IsPrimaryKey() || property.Name == nameof(Entity.Version) || property.ClrType == typeof(byte[]) || Left.Contains((clr, property.Name))) continue;
            if (property.GetGetter().GetClrValue(row) is not { } now) continue;
            any = true;
            json.WriteStartArray(JsonNamingPolicy.CamelCase.ConvertName(property.Name));
            json.WriteNullValue();
            Write(json, now, Secret.Contains((clr, property.Name)), static _ => null);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.Flush();
        return any ? Encoding.UTF8.GetString(buffer.WrittenSpan) : null;
    }

    private static void Write(Utf8JsonWriter json, object? value, bool secret, Func<Guid, string?> nameOf)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case not null when secret: json.WriteStringValue(Withheld); break;
            case Enum word: json.WriteStringValue(WireName.Of(word)); break;
            case Guid key: json.WriteStringValue(nameOf(key) ?? key.ToString()); break;
            case bool yes: json.WriteStringValue(yes ? "true" : "false"); break;
            case DateTimeOffset at: json.WriteStringValue(at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture)); break;
            case DateOnly day: json.WriteStringValue(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)); break;
            default: json.WriteStringValue(Clean(Convert.ToString(value, CultureInfo.InvariantCulture))); break;
        }
    }

    /// <summary>PostgreSQL holds no NUL and neither database half a surrogate pair: what is stored must be what was hashed.</summary>
    public static string? Clean(string? text)
    {
        if (text is null) return null;
        var plain = true;
        foreach (var c in text)
            if (c == '\0' || char.IsSurrogate(c)) { plain = false; break; }
        return plain ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
    }
}
