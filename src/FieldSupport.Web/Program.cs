using System.Globalization;
using FieldSupport.Web.Commands;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;

// Files, JSON and the audit read the same on every machine; screens format through one place.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

try
{
    if (CommandLine.Asks(args)) return await CommandLine.Run(args, (rest, clock) => Compose(rest, clock, isServer: false));

    await using var app = Compose(args, clock: null, isServer: true);
    // In Production the schema of PostgreSQL is brought up by the verb migrate, once, not by whichever node starts first.
    var settings = app.Services.GetRequiredService<Checked>();
    if (settings.IsSqlite || !settings.IsProduction) await app.Services.GetRequiredService<Migrator>().MigrateAsync();
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is SettingsException or StartRefusedException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}

static WebApplication Compose(string[] args, TimeProvider? clock, bool isServer)
{
    var builder = WebApplication.CreateBuilder(Ground.Options(args));
    // Assets are those of the build everywhere; following edits would add an endpoint of the framework's own that states nothing.
    builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
    if (isServer) builder.ListenByDefault();
    else builder.Logging.KeepStandardOutputClean();
    var settings = Checked.Read(builder.Configuration, builder.Environment);
    if (clock is not null) builder.Services.AddSingleton(clock);
    builder.Services
        .AddClock(settings)
        .AddData(settings)
        .AddVault(settings)
        .AddMediation()
        .AddAccess(settings)
        .AddChasing(builder.Configuration)
        .AddIntake()
        .AddMail(settings)
        .AddJobs(settings)
        .AddPages()
        .AddUi();

    var app = builder.Build();
    app.UseUi();
    app.UseAnswers();
    app.UseAccess();
    app.MapAll();
    return app;
}
