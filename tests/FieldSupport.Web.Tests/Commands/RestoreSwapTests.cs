using FieldSupport.Web.Commands;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data.Backups;
using FieldSupport.Web.Tests.Stories;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static FieldSupport.Web.Tests.Stories.StoryTeller;

namespace FieldSupport.Web.Tests.Commands;

/// <summary>
/// The swap at the end of a restore, ended at each of its steps: the old database or the new one is whole in its place, or whoever starts
/// next is told where both are; and restoring again finishes.
/// </summary>
public sealed class RestoreSwapTests
{
    private const string Noon = "2027-02-03 12:00 CT", Later = "V-LATER";

    [Theory, OnBothDatabases]
    public async Task A_failure_between_the_two_moves_keeps_both_and_names_them_and_a_second_restore_finishes(Database database)
    {
        await using var story = await TwoVisits(database);
        var file = await BackupBeforeTheSecond(story);
        await using (var app = story.Compose(Noon))
        {
            var said = await Assert.ThrowsAsync<VerbFailedException>(() => app.Services.GetRequiredService<RestoreBackup>().Run(
                file, isRehearsal: false, mayReplace: true, null, step => { if (step == RestoreBackup.MovingIn) throw new IOException("no room"); }, default));
            Assert.Contains("no room", said.Message, StringComparison.Ordinal);
            Assert.Contains("replaced", said.Message, StringComparison.Ordinal);
            Assert.Contains("restore_", said.Message, StringComparison.Ordinal);
        }
        await NobodyStartsOnAnEmptyOne(story);
        await RestoredAgain(story, file);
    }

    [Theory, OnBothDatabases]
    public async Task A_failure_before_the_first_move_leaves_everything_as_it_was(Database database)
    {
        await using var story = await TwoVisits(database);
        var file = await BackupBeforeTheSecond(story);
        await using (var app = story.Compose(Noon))
            await Assert.ThrowsAsync<IOException>(() => app.Services.GetRequiredService<RestoreBackup>().Run(
                file, isRehearsal: false, mayReplace: true, null, step => { if (step == RestoreBackup.SettingAside) throw new IOException("no room"); }, default));
        Assert.True(await HasLater(story));
        Assert.True(await IsWhole(story));
        await RestoredAgain(story, file);
    }

    /// <summary>What lies on the disk at a step is what a kill at that step leaves: each such moment is copied to a machine of its own and gone on with.</summary>
    [Fact]
    public async Task Killed_at_any_step_the_old_one_or_the_new_one_is_there_or_the_start_says_where_both_are()
    {
        await using var story = await TwoVisits(Database.Sqlite);
        var file = await BackupBeforeTheSecond(story);
        var moments = new List<(string Step, StoryTeller Machine)>();
        await using (var app = story.Compose(Noon))
        {
            var report = await app.Services.GetRequiredService<RestoreBackup>().Run(file, isRehearsal: false, mayReplace: true, null, step => moments.Add((step, Killed(story))), default);
            Assert.NotNull(report.SetAside);
        }
        moments.Add(("the end", Killed(story)));
        var (old, between, restored) = (0, 0, 0);
        foreach (var (step, machine) in moments)
        {
            await using (machine)
            {
                if (!File.Exists(machine.PathOf("data", "fieldsupport.db")))
                {
                    between++;
                    Assert.Equal(RestoreBackup.MovingIn, step);
                    await NobodyStartsOnAnEmptyOne(machine);
                    var aside = Directory.GetFiles(machine.PathOf("data"), "fieldsupport.db.replaced-*").Single();
                    await using var db = new SqliteConnection($"Data Source={aside};Mode=ReadOnly;Pooling=False");
                    await db.OpenAsync();
                    await using var ask = db.CreateCommand();
                    ask.CommandText = $"SELECT COUNT(*) FROM \"Visits\" WHERE \"Key\" = '{Later}'";
                    Assert.Equal(1L, await ask.ExecuteScalarAsync());
                }
                else
                {
                    Assert.True(await IsWhole(machine), step);
                    if (await HasLater(machine)) old++;
                    else restored++;
                }
                await RestoredAgain(machine, file);
            }
        }
        Assert.True(old > 3 && between == 1 && restored == 1, $"{old} with the old one, {between} between, {restored} with the new one");

        StoryTeller Killed(StoryTeller at)
        {
            var machine = at.Elsewhere().GetAwaiter().GetResult();
            foreach (var from in Directory.EnumerateFiles(at.PathOf("data"), "*", SearchOption.AllDirectories))
            {
                var to = Path.Combine(machine.PathOf("data"), Path.GetRelativePath(at.PathOf("data"), from));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var copy = File.Create(to);
                source.CopyTo(copy);
            }
            return machine;
        }
    }

    /// <summary>Somebody tried a restore by hand last week and called the copy by its day.</summary>
    [Theory, OnBothDatabases]
    public async Task What_somebody_else_gave_a_name_like_it_is_neither_removed_nor_taken_for_a_restore(Database database)
    {
        await using var story = await TwoVisits(database);
        var file = await BackupBeforeTheSecond(story);
        await using var app = story.Compose(Noon);
        var connection = app.Services.GetRequiredService<Checked>().ConnectionString;
        var folder = Directory.CreateDirectory(story.PathOf("data", ".restore_20261124")).FullName;
        var copy = new NpgsqlConnectionStringBuilder(database == Database.Postgres ? connection : "") { Pooling = false };
        copy.Database += "_restore_20261124";
        if (database == Database.Postgres) await AskPostgres(connection, $"CREATE DATABASE \"{copy.Database}\"");

        var (exit, said, error) = await story.Try($"restore {file} --replace --as-of {Iso("2027-02-03 14:00 CT")}");
        Assert.True(exit == 0, said + error);
        Assert.True(Directory.Exists(folder));
        if (database == Database.Postgres)
        {
            Assert.Equal(1L, await AskPostgres(connection, $"SELECT COUNT(*) FROM pg_database WHERE datname = '{copy.Database}'"));
            await AskPostgres(connection, $"DROP DATABASE \"{copy.Database}\"");
        }
    }

    private static async Task<object?> AskPostgres(string connection, string sql)
    {
        await using var db = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Database = "postgres", Pooling = false }.ConnectionString);
        await db.OpenAsync();
        await using var ask = new NpgsqlCommand(sql, db);
        return await ask.ExecuteScalarAsync();
    }

    private static async Task NobodyStartsOnAnEmptyOne(StoryTeller story)
    {
        var (exit, _, error) = await story.Try("migrate");
        Assert.Equal(1, exit);
        Assert.Contains("a restore was cut short", error, StringComparison.Ordinal);
        Assert.Contains("restore_", error, StringComparison.Ordinal);
        Assert.Contains("replaced", error, StringComparison.Ordinal);
    }

    private static async Task RestoredAgain(StoryTeller story, string file)
    {
        var (exit, said, error) = await story.Try($"restore {file} --replace --as-of {Iso("2027-02-03 14:00 CT")}");
        Assert.True(exit == 0, said + error);
        Assert.False(await HasLater(story));
        Assert.True(await IsWhole(story));
        if (Directory.Exists(story.PathOf("data"))) Assert.Empty(Directory.EnumerateDirectories(story.PathOf("data"), ".restore_*"));
        // And it is at work again.
        await story.Visit("V-NEW", "2027-03-16", asOf: "2027-02-03 15:00 CT");
    }

    private static async Task<StoryTeller> TwoVisits(Database database)
    {
        var story = await Begin(database);
        await story.Visit("V-B", "2027-02-09");
        return story;
    }

    private static async Task<string> BackupBeforeTheSecond(StoryTeller story)
    {
        var file = story.PathOf("swap.backup");
        await story.Text($"backup {file}");
        await story.Visit(Later, "2027-03-09");
        return file;
    }

    private static async Task<bool> HasLater(StoryTeller story) =>
        (await story.Json($"deliveries --as-of {Iso("2027-03-08 09:00 CT")} --json")).ToString().Contains(Later, StringComparison.Ordinal);

    private static async Task<bool> IsWhole(StoryTeller story) => (await story.Json("audit verify --json")).GetProperty("ok").GetBoolean();
}
