using System.Collections.Concurrent;

namespace FieldSupport.Web.Data;

/// <summary>
/// What was read from the database, for as long as nothing has been written to it and not longer than asked for. Never older than the last change, so
/// whoever changed something sees it, and what was taken away is gone at once. Each process has its own.
/// </summary>
public sealed class KeptAnswers(ChangeMark mark, TimeProvider clock)
{
    /// <summary>Between two changes; with more than these it begins anew. Filters are typed by people, and what they typed must not gather.</summary>
    public const int MostKept = 300;

    private sealed record Kept(DateTimeOffset From, DateTimeOffset Until, object Answer);

    /// <summary>All that was read under one mark; dropped whole when there is another.</summary>
    private sealed record Since(string Mark, ConcurrentDictionary<object, Kept> Answers);

    private volatile Since _since = new("", new ConcurrentDictionary<object, Kept>());

    /// <param name="question">Compared by its value; must say everything that the answer depends on, the asker's scope too.</param>
    /// <param name="keep">How old an answer may be though nothing has changed: some of it says how long ago.</param>
    public async ValueTask<T> Of<T>(object question, TimeSpan keep, Func<Task<T>> read, CancellationToken cancellation)
    {
        // Before reading: what is written in between makes another mark.
        if (await mark.Read(cancellation) is not { } now) return await read();
        var since = _since;
        if (since.Mark != now) _since = since = new Since(now, new ConcurrentDictionary<object, Kept>());
        var at = clock.GetUtcNow();
        // A clock that was put back must not keep an answer for long.
        if (since.Answers.TryGetValue(question, out var kept) && kept.From <= at && at < kept.Until) return (T)kept.Answer;
        var answer = await read();
        if (answer is null) return answer;
        if (since.Answers.Count >= MostKept) since.Answers.Clear();
        since.Answers[question] = new Kept(at, at + keep, answer);
        return answer;
    }
}
