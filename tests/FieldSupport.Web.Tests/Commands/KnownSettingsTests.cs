using System.Collections.Concurrent;
using FieldSupport.Testing;
using FieldSupport.Web.Composition;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FieldSupport.Web.Tests.Commands;

/// <summary>A setting that is misspelt is not silently left at its default.</summary>
public sealed class KnownSettingsTests : CommandLineRuns
{
    private static IReadOnlyList<UnknownSetting> Unknown(params string[] keys) =>
        KnownSettings.Unknown(new ConfigurationBuilder().AddInMemoryCollection(keys.Select(k => KeyValuePair.Create(k, (string?)"hush-hush"))).Build());

    [Theory]
    [InlineData("FieldSupport:DataFoldr", "FieldSupport:DataFolder")]
    [InlineData("FieldSupport:Mail:Pasword", "FieldSupport:Mail:Password")]
    [InlineData("FieldSupport:Mail:Hots", "FieldSupport:Mail:Host")]
    [InlineData("FieldSupport:Host", "FieldSupport:Mail:Host")] // the right name in the wrong place
    [InlineData("FieldSupport:Carriers:WebhookSecret", "FieldSupport:Carriers:EasyPost:WebhookSecret")]
    [InlineData("FieldSupport:Policy:Services:TWO_DAY:TransitDay", "FieldSupport:Policy:Services:TWO_DAY:TransitDays")]
    [InlineData("FieldSupport:DataFolder:Path", null)]
    [InlineData("FieldSupport:Mail", null)] // a section takes no value
    [InlineData("FieldSupport:Weather", null)]
    public void A_key_that_nothing_reads_is_told_with_the_nearest_that_is_read(string key, string? nearest)
    {
        var unknown = Assert.Single(Unknown(key));
        Assert.Equal((key, nearest), (unknown.Key, unknown.Nearest));
        Assert.DoesNotContain("hush", unknown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_read_is_not_told_however_it_is_written()
    {
        string[] known = [.. KnownSettings.All.Select(k => k.Replace("*", "field-head", StringComparison.Ordinal))];
        Assert.Empty(Unknown([.. known, "FieldSupportElse:X", "Logging:LogLevel:Default"]));
        Assert.Empty(Unknown([.. known.Select(k => k.ToLowerInvariant())]));
    }

    [Fact]
    public void An_empty_section_is_no_setting() =>
        Assert.Empty(KnownSettings.Unknown(new ConfigurationBuilder().AddInMemoryCollection([new("FieldSupport", ""), new("FieldSupport:Nothing", "")]).Build()));

    [Fact]
    public async Task A_verb_says_so_and_does_its_work_and_the_checks_count_it()
    {
        const string slip = "--FieldSupport:Mail:Pasword=hush-hush";
        var (exit, _, error) = await Run("migrate", slip);
        Assert.Equal(0, exit);
        Assert.Contains("FieldSupport:Mail:Pasword is a setting that nothing reads. Write FieldSupport:Mail:Password if that is meant.", error);
        foreach (var check in new[] { new[] { "config", "check" }, ["doctor"] })
        {
            var (found, told, errors) = await Run([.. check, slip]);
            Assert.Equal(4, found);
            Assert.Contains("problem  FieldSupport:Mail:Pasword: is a setting that nothing reads.", told);
            Assert.DoesNotContain("hush", told + errors + error);
        }
    }

    [Fact]
    public async Task The_server_starts_and_warns()
    {
        var said = new ConcurrentQueue<string>();
        await using var app = await Application.StartAsync(Database.Sqlite, sample: false, new Dictionary<string, string?> { ["FieldSupport:Mail:Pasword"] = "hush-hush" },
            s => s.AddSingleton<ILoggerProvider>(new Warnings(said)));
        Assert.Contains(said, w => w.Contains("FieldSupport:Mail:Pasword is a setting that nothing reads", StringComparison.Ordinal));
        Assert.DoesNotContain(said, w => w.Contains("hush", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_setting_stands_in_the_readme_and_in_the_help()
    {
        var help = (await Run("config", "check", "--help")).Out;
        var readme = await File.ReadAllTextAsync(Repository.PathOf("README.md"));
        foreach (var key in KnownSettings.All.Where(k => !k.StartsWith("FieldSupport:Policy:", StringComparison.Ordinal)))
        {
            Assert.Contains(key, help);
            Assert.Contains($"`{key}`", readme, StringComparison.Ordinal);
        }
    }

    private sealed class Warnings(ConcurrentQueue<string> said) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;
        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public void Dispose() { }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) said.Enqueue(formatter(state, exception));
        }
    }
}
