using System.Collections.Concurrent;
using FieldSupport.Web.Data;

namespace FieldSupport.Web.Features.Deliveries;

/// <summary>
/// Counts over many rows, kept for seconds: counting a million of them takes longer than the page around the count, and nobody sees that one is
/// missing among a thousand. A small count is counted each time, so whoever has few sees at once what they changed. By scope: what one sees is
/// never shown to another. Each process has its own.
/// </summary>
public sealed class RecentAnswers(TimeProvider clock)
{
    /// <summary>From so many rows on a count is kept.</summary>
    private const int Many = 1_000;
    /// <summary>A filter is typed by people; what they typed must not gather.</summary>
    private const int MostKept = 500;

    private readonly ConcurrentDictionary<(string Scope, string Question), (DateTimeOffset Until, object Answer)> _kept = new();

    public async Task<T> Of<T>(Scope scope, string question, TimeSpan keep, Func<T, int> rows, Func<Task<T>> read) where T : notnull
    {
        var key = (scope.Name, question);
        var now = clock.GetUtcNow();
        // A clock that was put back must not keep an answer for long.
        if (_kept.TryGetValue(key, out var kept) && kept.Until > now && kept.Until <= now + keep) return (T)kept.Answer;
        var answer = await read();
        if (rows(answer) < Many)
        {
            _kept.TryRemove(key, out _);
            return answer;
        }
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[key] = (now + keep, answer);
        return answer;
    }
}
