using System.Globalization;
using FieldSupport.Web.Commands;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Data.Seeding;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;

// Files, JSON and the audit read the same on every machine; screens format through one place.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

Checked? settings = null;
try
{
    if (CommandLine.Asks(args)) return await CommandLine.Run(args, (rest, clock) => Composed.Compose(rest, clock, isServer: false));

    await using var app = Composed.Compose(args, clock: null, isServer: true);
    // In Production the schema of PostgreSQL is brought up by the verb migrate, once, not by whichever node starts first.
    settings = app.Services.GetRequiredService<Checked>();
    if (settings.IsSqlite || !settings.IsProduction) await app.Services.GetRequiredService<Migrator>().MigrateAsync();
    // Found out here, in a sentence, and not by the timetable after several tries.
    else if (settings.Settings.Jobs.Enabled) await app.Services.GetRequiredService<Migrator>().Reach();
    var demo = app.Services.GetRequiredService<DemoStart>();
    await demo.Load();
    app.Lifetime.ApplicationStarted.Register(() => app.Services.GetRequiredService<KnownNoise>().HasStarted = true);
    app.Lifetime.ApplicationStarted.Register(() => demo.Announce(() => app.Urls, Console.Out));
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is SettingsException or StartRefusedException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (Exception e) when (StartTrouble.Of(e, settings) is { } trouble)
{
    await Console.Error.WriteLineAsync(trouble);
    return 1;
}
