using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Deliveries;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Tests.Pages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Data;

/// <summary>What was read is kept while nothing is written: never longer, and never for anybody else.</summary>
public sealed class KeptAnswersTests
{
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(20);

    [Theory, OnBothDatabases]
    public async Task A_question_is_asked_once_until_somebody_writes_or_its_time_is_over(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var answers = application.Services.GetRequiredService<KeptAnswers>();
        var asked = 0;
        async Task<int> Ask(string question = "how many") => await answers.Of(question, Keep, () => Task.FromResult<object>(++asked), CancellationToken.None) is int n ? n : 0;

        Assert.Equal(1, await Ask());
        Assert.Equal(1, await Ask());
        Assert.Equal(2, await Ask("another question"));
        Assert.Equal(1, await Ask());

        await using (var elsewhere = application.Open())
        {
            await using var transaction = await elsewhere.Database.BeginTransactionAsync();
            await elsewhere.Accounts.ExecuteUpdateAsync(a => a.SetProperty(x => x.Phone, "(901) 555-0199"));
            await transaction.CommitAsync();
        }
        Assert.Equal(3, await Ask());
        Assert.Equal(3, await Ask());

        application.Clock.Advance(Keep - TimeSpan.FromSeconds(1));
        Assert.Equal(3, await Ask());
        application.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(4, await Ask());
        Assert.Equal(4, await Ask());
    }

    [Theory, OnBothDatabases]
    public async Task What_is_written_while_the_answer_is_read_makes_it_old(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var answers = application.Services.GetRequiredService<KeptAnswers>();
        async Task<string> Read(Func<Task> meanwhile)
        {
            return await answers.Of("phone", Keep, async () =>
            {
                await using var db = application.Open();
                var phone = await db.Accounts.OrderBy(a => a.Code).Select(a => a.Phone).FirstAsync();
                await meanwhile();
                return phone ?? "";
            }, CancellationToken.None);
        }

        await Read(async () =>
        {
            await using var db = application.Open();
            await db.Accounts.ExecuteUpdateAsync(a => a.SetProperty(x => x.Phone, "(901) 555-0177"));
        });
        Assert.Equal("(901) 555-0177", await Read(() => Task.CompletedTask));
    }

    [Theory, OnBothDatabases]
    public async Task A_page_shows_a_change_the_moment_it_is_committed_and_not_before(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        using var rep = await application.SignedIn(PagesWorld.Rep);
        string[] pages = ["/today", "/deliveries", "/shipments/" + PagesWorld.Late];
        async Task<int> Say(string word) => (await Task.WhenAll(pages.Select(p => rep.GetStringAsync(p)))).Count(p => p.Contains(word, StringComparison.Ordinal));

        Assert.Equal(pages.Length, await Say("Ridgeview Rehab Clinic"));
        Assert.Equal(pages.Length, await Say("Ridgeview Rehab Clinic"));
        await using var db = application.Open();
        await using (var given = await db.Database.BeginTransactionAsync())
        {
            await db.Accounts.Where(a => a.Code == "RIDGEVIEW").ExecuteUpdateAsync(a => a.SetProperty(x => x.Name, "Ridgeview Given Up"));
            Assert.Equal(0, await Say("Ridgeview Given Up"));
            await given.RollbackAsync();
        }
        Assert.Equal(0, await Say("Ridgeview Given Up"));
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.Accounts.Where(a => a.Code == "RIDGEVIEW").ExecuteUpdateAsync(a => a.SetProperty(x => x.Name, "Ridgeview Renamed"));
        Assert.Equal(0, await Say("Ridgeview Renamed"));
        await transaction.CommitAsync();
        Assert.Equal(pages.Length, await Say("Ridgeview Renamed"));
        Assert.Equal(0, await Say("Ridgeview Rehab Clinic"));
    }

    [Theory, OnBothDatabases]
    public async Task However_many_write_and_ask_at_once_nobody_is_given_less_than_what_was_committed_before_they_asked(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var answers = application.Services.GetRequiredService<KeptAnswers>();
        var (committed, kept, asked) = (0, 0, 0);
        // Counted, not timed: it is over when enough was written, however few threads the machine gives.
        const int Enough = 100;
        var writing = Task.Run(async () =>
        {
            for (var i = 1; i <= Enough; i++)
            {
                await using var db = application.Open();
                await db.Accounts.ExecuteUpdateAsync(a => a.SetProperty(x => x.Phone, i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
                Volatile.Write(ref committed, i);
                await Task.Delay(i % 7);
            }
        });
        var asking = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!writing.IsCompleted)
            {
                // An answer kept is an answer without a wait; who asks in a closed circle would keep a thread from the writer.
                await Task.Yield();
                var (least, isRead) = (Volatile.Read(ref committed), false);
                var phone = await answers.Of("phone", Keep, async () =>
                {
                    isRead = true;
                    await using var db = application.Open();
                    return await db.Accounts.OrderBy(a => a.Code).Select(a => a.Phone).FirstAsync() ?? "";
                }, CancellationToken.None);
                Interlocked.Increment(ref asked);
                if (!isRead) Interlocked.Increment(ref kept);
                if (least > 0) Assert.True(int.Parse(phone, System.Globalization.CultureInfo.InvariantCulture) >= least, $"{phone} after {least}");
            }
        }));
        await Task.WhenAll([writing, .. asking]);
        Assert.True(committed == Enough && kept > 0 && kept < asked, $"{committed} written, {kept} of {asked} answers kept");
    }

    /// <summary>The same addresses, one after the other, nothing written in between.</summary>
    [Theory, OnBothDatabases]
    public async Task Nobody_is_answered_what_another_was(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        (string Who, bool Late, bool Foreign)[] people = [(PagesWorld.Logistics, true, true), (PagesWorld.Rep, true, false), (PagesWorld.Rep2, false, true), (PagesWorld.Manager, true, true)];
        List<(HttpClient Client, bool Late, bool Foreign)> clients = [];
        foreach (var (who, late, foreign) in people) clients.Add((await application.SignedIn(who), late, foreign));
        foreach (var (client, late, foreign) in clients.Concat(clients))
        {
            foreach (var page in (string[])["/deliveries", "/today"])
            {
                var text = await client.GetStringAsync(page);
                Assert.Equal((late, foreign), (text.Contains(PagesWorld.Late, StringComparison.Ordinal), text.Contains(PagesWorld.ForeignLate, StringComparison.Ordinal)));
            }
            Assert.Equal(late, (await client.GetAsync("/shipments/" + PagesWorld.Late)).IsSuccessStatusCode);
            Assert.Equal(foreign, (await client.GetAsync("/shipments/" + PagesWorld.ForeignLate)).IsSuccessStatusCode);
        }
        foreach (var (client, _, _) in clients) client.Dispose();
    }

    [Theory, OnBothDatabases]
    public async Task What_one_may_do_is_not_offered_to_who_may_not(Database database)
    {
        await using var application = await PagesWorld.StartAsync(database);
        using var logistics = await application.SignedIn(PagesWorld.Logistics);
        using var specialist = await application.SignedIn("specialist@demo.test");
        // Both see every account; only one of them logs a chase.
        foreach (var page in (string[])["/deliveries", "/today", "/shipments/" + PagesWorld.Late])
        {
            if (await logistics.GetAsync(page) is { IsSuccessStatusCode: true } answer) Assert.Contains("/chase\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            if (await specialist.GetAsync(page) is { IsSuccessStatusCode: true } other) Assert.DoesNotContain("/chase\"", await other.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Many_questions_do_not_gather_and_do_not_keep_the_next_from_being_kept()
    {
        await using var application = await Application.StartAsync(Database.Sqlite);
        var answers = application.Services.GetRequiredService<KeptAnswers>();
        var asked = 0;
        async Task Ask(int question) => await answers.Of(question, Keep, () => Task.FromResult<object>(++asked), CancellationToken.None);
        for (var i = 0; i <= KeptAnswers.MostKept; i++) await Ask(i);
        var before = asked;
        await Ask(KeptAnswers.MostKept);
        Assert.Equal(before, asked);
        // The first ones made room.
        await Ask(0);
        Assert.Equal(before + 1, asked);
    }

    [Fact]
    public async Task Switched_off_every_question_is_asked()
    {
        await using var application = await Application.StartAsync(Database.Sqlite, settings: new Dictionary<string, string?> { ["FieldSupport:KeepAnswers"] = "false" });
        var answers = application.Services.GetRequiredService<KeptAnswers>();
        var asked = 0;
        for (var i = 0; i < 3; i++) await answers.Of("how many", Keep, () => Task.FromResult<object>(++asked), CancellationToken.None);
        Assert.Equal(3, asked);
    }

    /// <summary>Else each asking would be another question, and nothing would ever be kept.</summary>
    [Fact]
    public void Two_askings_of_the_same_are_equal()
    {
        Assert.Equal(new DeliveryList.Query(new DeliveryFilter { Sort = "need-by", Outlook = "Late" }), new DeliveryList.Query(new DeliveryFilter { Sort = "need-by", Outlook = "Late" }));
        Assert.NotEqual(new DeliveryList.Query(new DeliveryFilter { Sort = "need-by" }), new DeliveryList.Query(new DeliveryFilter { Sort = "practice" }));
        Assert.Equal(Scope.OfTerritories(["TN-West", "KY-East"]).Name, Scope.OfTerritories(["KY-East", "TN-West"]).Name);
        Assert.NotEqual(Scope.OfTerritories(["TN-West"]).Name, Scope.EveryAccount.Name);
        // A query of the list that somebody forgot to make comparable would say so here.
        foreach (var query in typeof(KeptAttribute).Assembly.GetTypes().Where(t => t.IsDefined(typeof(KeptAttribute), inherit: false)))
            foreach (var part in query.GetProperties().Where(p => p.GetMethod is { IsStatic: false } && p.Name != "EqualityContract"))
                Assert.True(part.PropertyType.IsValueType || part.PropertyType == typeof(string) || part.PropertyType.GetMethod("<Clone>$") is not null, $"{query.DeclaringType?.Name}.{part.Name} is compared by reference");
    }
}
