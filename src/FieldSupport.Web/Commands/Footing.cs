using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;

namespace FieldSupport.Web.Commands;

/// <summary>What a verb stands on: folders and a database that is up to date. A verb that only reads makes neither, so that a mistyped folder is not taken for an empty one.</summary>
internal static class Footing
{
    public static async Task Prepare(VerbCall call)
    {
        var (verb, settings) = (call.Verb, call.Get<Checked>());
        if (verb.MakesDatabase) settings.MakeFolders();
        if (!verb.NeedsSchema) return;
        var migrator = call.Get<Migrator>();
        var isThere = await migrator.IsThere(call.Cancel);
        if (!isThere && !verb.MakesDatabase) throw new VerbFailedException($"There is no database in {DatabasePlace.Of(settings)}; 'migrate' makes one, 'seed' fills it.");
        // As the server does at its start; in Production on PostgreSQL the schema is brought up by the verb migrate alone.
        if (settings.IsSqlite || !settings.IsProduction) await migrator.MigrateAsync(call.Cancel);
        else if (!isThere || await migrator.IsBehind(call.Cancel)) throw new VerbFailedException($"The schema in {DatabasePlace.Of(settings)} is older than this program, or missing; run the verb migrate.");
        if (!isThere) await Told(call);
    }

    /// <summary>One line, for whoever thought that there was one.</summary>
    public static Task Told(VerbCall call) => call.Error.WriteLineAsync($"No database was there; an empty one was made in {DatabasePlace.Of(call.Get<Checked>())}.");
}
