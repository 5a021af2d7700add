using System.Net;
using System.Net.Sockets;
using FieldSupport.Web.Composition;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FieldSupport.Web.Tests.Commands;

/// <summary>What the server's start prints: a sentence where the surroundings are at fault, and none of the framework's lines about nothing.</summary>
public sealed class StartTroubleTests
{
    [Fact]
    public async Task A_taken_port_is_a_sentence_with_the_address_and_nothing_is_logged_besides()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        var builder = WebApplication.CreateSlimBuilder();
        var lines = new Lines();
        builder.Logging.ClearProviders().AddProvider(lines);
        builder.Services.AddKnownNoise();
        builder.WebHost.UseUrls(address);
        await using var app = builder.Build();
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync());
        var told = StartTrouble.Of(thrown, null);
        Assert.Contains(address, told);
        Assert.Contains("--urls", told);
        Assert.DoesNotContain(lines.All, l => l.StartsWith("Error", StringComparison.Ordinal) || l.StartsWith("Critical", StringComparison.Ordinal));
    }

    [Fact]
    public void What_nobody_foresaw_is_not_hidden() => Assert.Null(StartTrouble.Of(new InvalidOperationException("a bug"), null));

    [Theory]
    [InlineData("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", 35, "No XML encryptor configured.", false)]
    [InlineData("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", 36, "Something else.", true)]
    [InlineData("Microsoft.AspNetCore.Antiforgery.DefaultAntiforgery", 8, "The 'Cache-Control' and 'Pragma' headers have been overridden", false)]
    [InlineData("Microsoft.AspNetCore.Antiforgery.DefaultAntiforgery", 7, "An exception was thrown while deserializing the token.", true)]
    [InlineData("Microsoft.EntityFrameworkCore.Database.Command", 20102, "Failed executing DbCommand SELECT x FROM \"__EFMigrationsHistory\"", false)]
    [InlineData("Microsoft.EntityFrameworkCore.Database.Command", 20102, "Failed executing DbCommand SELECT x FROM \"Orders\"", true)]
    public void Exactly_the_known_lines_are_dropped(string category, int number, string text, bool isKept)
    {
        var lines = new Lines();
        using var services = new ServiceCollection().AddLogging(l => l.AddProvider(lines)).AddKnownNoise().BuildServiceProvider();
        services.GetRequiredService<ILoggerFactory>().CreateLogger(category).Log(LogLevel.Error, new EventId(number), text, null, (t, _) => t);
        Assert.Equal(isKept ? 1 : 0, lines.All.Count);
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<string> All { get; } = [];
        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (All) All.Add($"{logLevel} {formatter(state, exception)}");
        }

        public void Dispose() { }
    }
}
