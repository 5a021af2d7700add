using System.Reflection;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Web.Composition;

/// <summary>A key under <c>FieldSupport</c> that nothing reads. Never its value: a misspelt password is a password.</summary>
/// <param name="Nearest">The key that was probably meant; null where none is near.</param>
public sealed record UnknownSetting(string Key, string? Nearest)
{
    public string Problem => "is a setting that nothing reads.";
    public string Advice => Nearest is null ? $"Take it out, or see `config check --help` for the names." : $"Write {Nearest} if that is meant.";
    public override string ToString() => $"{Key} {Problem} {Advice}";
}

/// <summary>
/// The keys under <c>FieldSupport</c>, read off <see cref="Settings"/> and <see cref="Policy"/> themselves. An unknown one is told and does not
/// stop the start: the settings of a newer or an older release may stand beside each other in one deployment.
/// </summary>
public static class KnownSettings
{
    private static readonly string[] OfService = ["TransitDays", "PickupGraceHours", "MaxSilenceHours", "CommitAt"];

    /// <summary>Every key with a value of its own; <c>*</c> stands for a name that the user chooses.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Of(typeof(Settings), Settings.Section),
        .. typeof(Policy).GetProperties().Where(p => p.CanWrite && p.Name != nameof(Policy.Services)).Select(p => $"{Settings.Section}:Policy:{p.Name}"),
        .. Enum.GetValues<ServiceLevel>().SelectMany(level => OfService.Select(name => $"{Settings.Section}:Policy:{nameof(Policy.Services)}:{WireName.Of(level)}:{name}")),
    ];

    /// <summary>Those that nothing reads, in the order of their names.</summary>
    public static IReadOnlyList<UnknownSetting> Unknown(IConfiguration configuration) =>
        [.. Given(configuration.GetSection(Settings.Section)).Where(key => !IsKnown(key)).Select(key => new UnknownSetting(key, Nearest(key)))];

    private static IEnumerable<string> Of(Type section, string path) => section.GetProperties().Where(p => p.CanWrite).SelectMany(p => Of(p, $"{path}:{p.Name}"));

    private static IEnumerable<string> Of(PropertyInfo property, string path) =>
        property.PropertyType == typeof(Dictionary<string, string>) ? [path + ":*"]
        : property.PropertyType.Namespace == typeof(Settings).Namespace ? Of(property.PropertyType, path)
        : [path];

    /// <summary>The keys that hold a value. One without a value holds others, or is a section written down empty.</summary>
    private static IEnumerable<string> Given(IConfigurationSection section)
    {
        var below = section.GetChildren().ToList();
        return (section.Path != Settings.Section && !string.IsNullOrEmpty(section.Value) ? new[] { section.Path } : []).Concat(below.SelectMany(Given));
    }

    private static bool IsKnown(string key) => All.Any(known => known.EndsWith(":*", StringComparison.Ordinal)
        ? key.StartsWith(known[..^1], StringComparison.OrdinalIgnoreCase) && !key[(known.Length - 1)..].Contains(':', StringComparison.Ordinal)
        : key.Equals(known, StringComparison.OrdinalIgnoreCase));

    /// <summary>The right name in another section, else the key that the fewest slips of the hand make of it, if they are few.</summary>
    private static string? Nearest(string key)
    {
        var named = All.Where(known => Last(known).Equals(Last(key), StringComparison.OrdinalIgnoreCase)).ToList();
        if (named.Count == 1) return named[0];
        var (nearest, slips) = (named.Count > 1 ? named : All).Where(known => !known.EndsWith('*'))
            .Select(known => (known, Slips(known.ToUpperInvariant(), key.ToUpperInvariant()))).MinBy(k => k.Item2);
        return named.Count > 1 || slips <= Math.Max(2, Last(key).Length / 3) ? nearest : null;
    }

    private static string Last(string key) => key[(key.LastIndexOf(':') + 1)..];

    /// <summary>Letters put in, left out, changed or exchanged with their neighbour.</summary>
    private static int Slips(string a, string b)
    {
        var slips = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) slips[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) slips[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                slips[i, j] = Math.Min(Math.Min(slips[i - 1, j], slips[i, j - 1]) + 1, slips[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) slips[i, j] = Math.Min(slips[i, j], slips[i - 2, j - 2] + 1);
            }
        return slips[a.Length, b.Length];
    }
}
