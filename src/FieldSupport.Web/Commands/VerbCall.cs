using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;

namespace FieldSupport.Web.Commands;

/// <summary>One call of a verb: its words and options, the composed application, and where to print.</summary>
public sealed class VerbCall(
    IVerb verb, IReadOnlyList<string> words, IReadOnlyDictionary<string, string> options, IServiceProvider services, Terminal terminal, CancellationToken cancel)
{
    /// <summary>Names as contract.md writes them; instants in UTC with Z; nothing escaped that JSON does not ask for.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Converters = { new UtcInstant() },
    };

    public IVerb Verb => verb;
    public IReadOnlyList<string> Words => words;
    public IServiceProvider Services => services;
    public Terminal Terminal => terminal;
    public CancellationToken Cancel => cancel;
    public TextWriter Out => terminal.Out;
    public TextWriter Error => terminal.Error;
    public bool IsJson => options.ContainsKey("json");

    public bool Has(string option) => options.ContainsKey(option);
    public string? Value(string option) => options.GetValueOrDefault(option);
    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>The clock of this call.</summary>
    public DateTimeOffset Now => Get<TimeProvider>().GetUtcNow();

    /// <summary>The database, all of it, in the name of the command line.</summary>
    public FieldSupportDb Open() => Get<Databases>().Open(Scope.System, Actor.CommandLine);

    /// <summary>Something of a service scope, in the name of the command line.</summary>
    public async Task<TResult> InSystemScope<TService, TResult>(Func<TService, Task<TResult>> work) where TService : notnull
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentScope>().Act(Scope.System, Actor.CommandLine);
        return await work(scope.ServiceProvider.GetRequiredService<TService>());
    }

    /// <summary>The JSON document, or the text for people.</summary>
    public async Task Answer(object json, Func<TextWriter, Task> text)
    {
        if (IsJson) await Out.WriteLineAsync(JsonSerializer.Serialize(json, Json));
        else await text(Out);
        await Out.FlushAsync(cancel);
    }

    /// <summary>Shows how far long work has come, where a person looks.</summary>
    public void Progress(string text)
    {
        if (terminal.IsWatched) terminal.Error.Write($"\r{text}   ");
    }

    public void EndProgress()
    {
        if (terminal.IsWatched) terminal.Error.Write("\r" + new string(' ', 60) + "\r");
    }

    private sealed class UtcInstant : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();
        // An offset that was put there on purpose (need-by in the clinic's zone) is kept.
        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Offset == TimeSpan.Zero ? value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'") : value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFzzz"));
    }
}
