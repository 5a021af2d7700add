using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace FieldSupport.Domain.Tests.Chasing.Histories;

/// <summary>
/// Random delivery histories against the text of domain.md §3. The full run, alone:
/// <c>FIELDSUPPORT_HISTORIES=10000 dotnet test tests/FieldSupport.Domain.Tests --filter FullyQualifiedName~HistoryTests --logger "console;verbosity=detailed"</c>.
/// One history again: <c>FIELDSUPPORT_HISTORIES=1 FIELDSUPPORT_HISTORIES_SEED=&lt;seed&gt;</c>.
/// </summary>
public class HistoryTests(ITestOutputHelper output)
{
    [Fact]
    public void Random_histories_open_every_reason_in_time_and_tell_every_failed_T_3_and_lose_nothing()
    {
        var count = Number("FIELDSUPPORT_HISTORIES", 200);
        var first = Number("FIELDSUPPORT_HISTORIES_SEED", 20_270_204);
        var runs = new HistoryRun[count];
        var wrong = new List<string>();
        Parallel.For(0, count, i =>
        {
            runs[i] = new HistoryRun(first + i);
            var found = runs[i].Play();
            lock (wrong) wrong.AddRange(found);
        });
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Seeds {first} to {first + count - 1}: {count} histories, {runs.Sum(r => r.Evaluations)} evaluations, {runs.Sum(r => r.ReasonsOpened)} reasons opened, {runs.Sum(r => r.GatesT3Failed)} failed T-3 gates, {runs.Sum(r => r.RungsTold)} rungs told, {wrong.Count} against the text."));
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong.Order(StringComparer.Ordinal).Take(20)));
        Assert.True(count < 100 || (runs.Sum(r => r.GatesT3Failed) > count / 10 && runs.Sum(r => r.ReasonsOpened) > count), "The histories are too tame to prove anything.");
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
