using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Deliveries;
using Microsoft.Extensions.Time.Testing;

namespace FieldSupport.Web.Tests.Pages;

public sealed class RecentAnswersTests
{
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(15);
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2027-02-03T14:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
    private readonly RecentAnswers _recent;
    private int _rows = 5_000, _asked;

    public RecentAnswersTests() => _recent = new RecentAnswers(_clock);

    private Task<int[]> Ask(Scope scope, string question = "outlooks") => _recent.Of(scope, question, Keep, a => a[0], () =>
    {
        _asked++;
        return Task.FromResult<int[]>([_rows]);
    });

    [Fact]
    public async Task A_count_of_many_is_kept_for_its_seconds_and_counted_anew_after_them()
    {
        await Ask(Scope.EveryAccount);
        _rows = 6_000;
        Assert.Equal(5_000, (await Ask(Scope.EveryAccount))[0]);
        _clock.Advance(Keep);
        Assert.Equal(6_000, (await Ask(Scope.EveryAccount))[0]);
    }

    [Fact]
    public async Task A_count_of_few_is_counted_each_time()
    {
        _rows = 999;
        await Ask(Scope.EveryAccount);
        _rows = 998;
        Assert.Equal(998, (await Ask(Scope.EveryAccount))[0]);
    }

    [Fact]
    public async Task Nobody_is_shown_what_another_scope_or_question_counted()
    {
        Scope[] scopes = [Scope.EveryAccount, Scope.None, Scope.Kits, Scope.OfTerritories(["TN-West"]), Scope.OfTerritories(["TN-West", "KY-East"]), Scope.OfAccount(Guid.NewGuid()), Scope.OfAccount(Guid.NewGuid())];
        foreach (var scope in scopes) await Ask(scope);
        Assert.Equal(scopes.Length, _asked);
        await Ask(Scope.EveryAccount, "another");
        Assert.Equal(scopes.Length + 1, _asked);
        // The order in which territories are written makes no other scope.
        await Ask(Scope.OfTerritories(["KY-East", "TN-West"]));
        Assert.Equal(scopes.Length + 1, _asked);
    }
}
