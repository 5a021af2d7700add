using AutoMapper;

namespace FieldSupport.Web.Composition;

public static class MirrorSetup
{
    /// <summary>
    /// Read projections that only mirror columns: a <see cref="Profile"/> beside its slice, used with ProjectTo. There is no mapper to be had;
    /// the configuration alone is registered, and nothing can be mapped in memory (src/DECISIONS.md 5). A mirror is a plain class: AutoMapper 8 tries
    /// the runtime's newer LINQ methods on every generic interface of a type, and a record has one that they refuse.
    /// </summary>
    public static IServiceCollection AddMirrors(this IServiceCollection services) =>
        services.AddSingleton<AutoMapper.IConfigurationProvider>(_ => Profiles());

    public static MapperConfiguration Profiles() => new(c => c.AddProfiles(typeof(MirrorSetup).Assembly));
}
