using FieldSupport.Domain.Shared;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace FieldSupport.Web.Data;

/// <summary>Instants on SQLite: microseconds since 1970, which order and compare; PostgreSQL's own precision, so both round alike.</summary>
public sealed class UtcMicros() : ValueConverter<DateTimeOffset, long>(
    v => (v.UtcTicks - DateTime.UnixEpoch.Ticks) / 10,
    v => new DateTimeOffset(DateTime.UnixEpoch.Ticks + v * 10, TimeSpan.Zero));

/// <summary>Instants on PostgreSQL: it refuses an offset other than zero.</summary>
public sealed class UtcOffset() : ValueConverter<DateTimeOffset, DateTimeOffset>(v => v.ToUniversalTime(), v => v);

/// <summary>Enum values as the words of the domain text: TWO_DAY.</summary>
public sealed class WireText<T>() : ValueConverter<T, string>(v => WireName.Of(v), v => Read(v)) where T : struct, Enum
{
    private static T Read(string text) =>
        WireName.Parse<T>(text) ?? throw new InvalidOperationException($"The database holds '{text}', which is no {typeof(T).Name}.");
}
