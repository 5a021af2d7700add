using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FieldSupport.Web.Composition;

/// <summary>
/// Lines that the framework logs at a warning or worse although nothing is wrong, each by category and number, each with the reason why it
/// may be dropped. Nothing else of those categories is touched.
/// </summary>
public sealed class KnownNoise
{
    private sealed record Line(string Category, int Event, Func<KnownNoise, string, Exception?, bool> Applies);

    private static readonly Line[] Lines =
    [
        // The folder of keys is the installer's to protect (its own folder, file modes; the doctor looks at them): said once in the README, not at each new key.
        new("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", 35, (_, _, _) => true),
        // A page with a form is not to be cached, whatever it said before: that is what antiforgery does, and what we want.
        new("Microsoft.AspNetCore.Antiforgery.DefaultAntiforgery", 8, (_, _, _) => true),
        // EF asks PostgreSQL for its table of migrations before it has made it, and takes the error for the answer: at a first start, once per schema.
        new("Microsoft.EntityFrameworkCore.Database.Command", 20102, (_, text, _) => text.Contains("__EFMigrationsHistory", StringComparison.Ordinal)),
        // The same exception ends the start, or the verb, and is told there with host and database.
        new("Microsoft.EntityFrameworkCore.Database.Connection", 20004, (noise, _, _) => !noise.HasStarted),
        // The same exception ends the start and is told there: in a sentence where it is a taken port or the like, in full otherwise.
        new("Microsoft.Extensions.Hosting.Internal.Host", 11, (noise, _, _) => !noise.HasStarted),
        // What was starting beside it is called off; that is no failure of its own.
        new("Microsoft.Extensions.Hosting.Internal.Host", 9, (noise, _, e) => !noise.HasStarted && e is OperationCanceledException),
        new("Microsoft.Extensions.Hosting.Internal.Host", 10, (noise, _, e) => !noise.HasStarted && e is OperationCanceledException),
    ];

    /// <summary>Set once the server listens; never for a verb.</summary>
    public bool HasStarted { get; set; }

    internal static bool Concerns(string category) => Array.Exists(Lines, l => l.Category == category);

    /// <summary>Whether this line is one of them.</summary>
    public bool Is(string category, EventId id, string text, Exception? exception) =>
        Array.Exists(Lines, l => l.Category == category && l.Event == id.Id && l.Applies(this, text, exception));
}

public static class KnownNoiseSetup
{
    /// <summary>Puts a sieve before the loggers of the few categories that are concerned; all others are handed out as they are.</summary>
    public static IServiceCollection AddKnownNoise(this IServiceCollection services)
    {
        services.AddSingleton<KnownNoise>();
        services.AddSingleton<LoggerFactory>();
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory, Sieve>());
        return services;
    }

    private sealed class Sieve(LoggerFactory inner, KnownNoise noise) : ILoggerFactory
    {
        private readonly ConcurrentDictionary<string, ILogger> _sifted = new();

        public ILogger CreateLogger(string categoryName) =>
            KnownNoise.Concerns(categoryName) ? _sifted.GetOrAdd(categoryName, c => new Sifted(c, inner.CreateLogger(c), noise)) : inner.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Sifted(string category, ILogger inner, KnownNoise noise) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // Below a warning nothing is on the list, and the text need not be made.
            if (logLevel >= LogLevel.Warning && noise.Is(category, eventId, formatter(state, exception), exception)) return;
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
