using System.Globalization;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Web.Composition;

/// <summary>
/// <c>FieldSupport:Policy:*</c>: every default of domain.md by the name it has in <see cref="Policy"/>, and the service levels under
/// <c>Services:TWO_DAY:TransitDays</c> and so on. A name or value nobody knows stops the start.
/// </summary>
public static class PolicySettings
{
    private static readonly string Root = Settings.Section + ":Policy";

    public static Policy Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Root);
        var known = typeof(Policy).GetProperties().Where(p => p.CanWrite).ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
            if (!known.ContainsKey(child.Key)) throw new SettingsException(child.Path, "is no policy number; see `config check` for their names");
        var policy = new Policy();
        foreach (var (name, property) in known)
        {
            var value = section[name];
            if (value is null || name == nameof(Policy.Services)) continue;
            property.SetValue(policy, Convert(value, property.PropertyType, $"{Root}:{name}"));
        }
        var services = new Dictionary<ServiceLevel, ServiceTerms>(ServiceTerms.Defaults);
        foreach (var child in section.GetSection(nameof(Policy.Services)).GetChildren())
        {
            var level = WireName.Parse<ServiceLevel>(child.Key) ?? throw new SettingsException(child.Path, "is no service level");
            var terms = services[level];
            services[level] = new ServiceTerms(
                child["TransitDays"] is { } transit ? (int)Convert(transit, typeof(int), child.Path + ":TransitDays") : terms.TransitDays,
                child["PickupGraceHours"] is { } grace ? (double)Convert(grace, typeof(double), child.Path + ":PickupGraceHours") : terms.PickupGraceHours,
                child["MaxSilenceHours"] is { } silence ? (double)Convert(silence, typeof(double), child.Path + ":MaxSilenceHours") : terms.MaxSilenceHours,
                child["CommitAt"] is { } commit ? (TimeOnly)Convert(commit, typeof(TimeOnly), child.Path + ":CommitAt") : terms.CommitAt);
        }
        return policy with { Services = services };
    }

    private static object Convert(string value, Type type, string key)
    {
        var text = CultureInfo.InvariantCulture;
        if (type == typeof(int) && int.TryParse(value, text, out var whole) && whole >= 0) return whole;
        if (type == typeof(double) && double.TryParse(value, text, out var number) && number >= 0) return number;
        if (type == typeof(bool) && bool.TryParse(value, out var yes)) return yes;
        if (type == typeof(TimeOnly) && TimeOnly.TryParseExact(value, "HH:mm", text, DateTimeStyles.None, out var time)) return time;
        throw new SettingsException(key, $"'{value}' is not a {(type == typeof(TimeOnly) ? "time such as 08:00" : type == typeof(bool) ? "true or false" : "number of 0 or more")}");
    }
}
