using System.Globalization;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;

// Files, JSON and the audit read the same on every machine; screens format through one place.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

try
{
    var builder = WebApplication.CreateBuilder(args);
    // Assets are those of the build everywhere; following edits would add an endpoint of the framework's own that states nothing.
    builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
    var settings = Checked.Read(builder.Configuration, builder.Environment);
    builder.Services
        .AddClock(settings)
        .AddData(settings)
        .AddMediation()
        .AddAccess(settings)
        .AddPages()
        .AddUi();

    await using var app = builder.Build();
    app.UseUi();
    app.UseAnswers();
    app.UseAccess();
    app.MapAll();

    // In Production the schema of PostgreSQL is brought up by the verb migrate, once, not by whichever node starts first.
    if (settings.IsSqlite || !settings.IsProduction) await Schema.MigrateAsync(app.Services.GetRequiredService<Databases>());
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is SettingsException or StartRefusedException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
