using FieldSupport.Web.Commands;
using FieldSupport.Web.Data;
using FieldSupport.Web.Data.Seeding;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;

namespace FieldSupport.Web.Composition;

/// <summary>The application, put together: for the server, and for one call of the command line.</summary>
public static class Composed
{
    public static WebApplication Compose(string[] args, TimeProvider? clock, bool isServer)
    {
        var builder = WebApplication.CreateBuilder(Ground.Options(args));
        // Assets are those of the build everywhere; following edits would add an endpoint of the framework's own that states nothing.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
        if (isServer) builder.ListenByDefault();
        else builder.Logging.KeepStandardOutputClean();
        var settings = Checked.Read(builder.Configuration, builder.Environment);
        if (isServer) builder.Logging.LogAsSet(settings);
        if (isServer) settings.MakeFolders();
        if (clock is not null) builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton<MappedEndpoints>();
        builder.Services
            .AddKnownNoise()
            .AddClock(settings)
            .AddData(settings)
            .AddVault(settings)
            .AddMediation()
            .AddMirrors()
            .AddAccess(settings)
            .AddChasing(builder.Configuration)
            .AddIntake()
            .AddSeeding()
            .AddMail(settings)
            .AddBackups()
            .AddJobs(settings, isServer)
            .AddPages()
            .AddUi();

        var app = builder.Build();
        // A verb says it on standard error, the checks as findings.
        if (isServer) foreach (var unknown in settings.Unknown) app.Logger.LogWarning("{Setting}", unknown.ToString());
        if (isServer) app.UseMiddleware<RequestLog>();
        app.UseUi();
        app.UseAnswers();
        app.UseAccess();
        app.MapAll();
        app.Services.GetRequiredService<MappedEndpoints>().Take(app);
        return app;
    }
}
