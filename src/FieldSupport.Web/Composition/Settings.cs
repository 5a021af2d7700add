namespace FieldSupport.Web.Composition;

/// <summary>The root section <c>FieldSupport</c> (contract.md §1). Checked at start: a missing or wrong value stops it with one line that names the key.</summary>
public sealed class Settings
{
    public const string Section = "FieldSupport";

    public DatabaseSettings Database { get; set; } = new();
    public string? DataFolder { get; set; }
    public string? KeyFolder { get; set; }
    public bool? Demo { get; set; }
    public JobSettings Jobs { get; set; } = new();
    public ClockSettings Clock { get; set; } = new();
    public MailSettings Mail { get; set; } = new();
    public LogSettings Logs { get; set; } = new();
    /// <summary>What a page read is kept while nothing is written to the database; false: every page asks.</summary>
    public bool KeepAnswers { get; set; } = true;
    public CarrierSettings Carriers { get; set; } = new();
    /// <summary>Mail address of each ladder slot that is no user of ours; the key is the slot's name.</summary>
    public Dictionary<string, string> Recipients { get; set; } = new(StringComparer.OrdinalIgnoreCase);
    /// <summary>Phone numbers of the contact sheet: a carrier by its name, <c>partner</c> for the 3PL.</summary>
    public Dictionary<string, string> Contacts { get; set; } = new(StringComparer.OrdinalIgnoreCase);
    public string? PublicBaseUrl { get; set; }
    /// <summary>What links in mail begin with; no slash at its end.</summary>
    public string BaseUrl => (PublicBaseUrl ?? Ground.Address).TrimEnd('/');
    /// <summary>The label owner's name; shown, never written in code (domain.md §1.1).</summary>
    public string CompanyName { get; set; } = "the manufacturer";
    /// <summary>Where the full prescribing information stands; none: the safety information says whom to ask.</summary>
    public string? PrescribingInformationUrl { get; set; }
}

public sealed class DatabaseSettings { public string Provider { get; set; } = "Sqlite"; }
public sealed class JobSettings { public bool Enabled { get; set; } = true; }
public sealed class LogSettings
{
    /// <summary>A JSON object a line; null: in Production.</summary>
    public bool? Json { get; set; }
}
public sealed class ClockSettings { public DateTimeOffset? StartAt { get; set; } }

public sealed class MailSettings
{
    public string Mode { get; set; } = "Folder";
    public string? Host { get; set; }
    public int Port { get; set; } = 25;
    public string From { get; set; } = "FieldSupport <fieldsupport@localhost>";
    public string? User { get; set; }
    public string? Password { get; set; }
    /// <summary>How long one answer of the server is waited for, and three of them for a whole mail; with a new connection that stays within the two minutes for which a mail is claimed.</summary>
    public int AnswerSeconds { get; set; } = 20;
}

public sealed class CarrierSettings { public EasyPostSettings EasyPost { get; set; } = new(); }
public sealed class EasyPostSettings { public string? WebhookSecret { get; set; } }

/// <summary>A setting that is missing or wrong. Its message is the one line that the start ends with.</summary>
public sealed class SettingsException(string key, string problem) : Exception($"{key}: {problem}")
{
    public string Key { get; } = key;
    /// <summary>The message without the key.</summary>
    public string Problem { get; } = problem;
}

/// <summary>Settings after checking: the provider is one of two, folders are full paths, which <see cref="MakeFolders"/> makes.</summary>
public sealed record Checked(
    Settings Settings, bool IsSqlite, string ConnectionString, string DataFolder, string KeyFolder, bool Demo, bool IsProduction)
{
    /// <summary>Keys under <c>FieldSupport</c> that nothing reads.</summary>
    public IReadOnlyList<UnknownSetting> Unknown { get; private init; } = [];

    public static Checked Read(IConfiguration configuration, IHostEnvironment environment)
    {
        var settings = new Settings();
        try
        {
            configuration.GetSection(Settings.Section).Bind(settings);
        }
        catch (InvalidOperationException e)
        {
            throw new SettingsException(Settings.Section, e.InnerException?.Message ?? e.Message);
        }

        var production = environment.IsProduction();
        var isSqlite = settings.Database.Provider.ToUpperInvariant() switch
        {
            "SQLITE" => true,
            "POSTGRES" => false,
            _ => throw new SettingsException("FieldSupport:Database:Provider", $"'{settings.Database.Provider}' is not Sqlite or Postgres"),
        };
        var data = Folder("FieldSupport:DataFolder", settings.DataFolder, "data", production, environment);
        var keys = Folder("FieldSupport:KeyFolder", settings.KeyFolder, "keys", production, environment);
        if (IsInside(keys, data))
            throw new SettingsException("FieldSupport:KeyFolder", "lies inside FieldSupport:DataFolder; keys must never be where the data is");
        var demo = settings.Demo ?? environment.IsDevelopment();
        if (production && demo) throw new SettingsException("FieldSupport:Demo", "must be false in Production");
        if (production && settings.Clock.StartAt is not null)
            throw new SettingsException("FieldSupport:Clock:StartAt", "a simulated clock is refused in Production");
        if (settings.Mail.Mode.ToUpperInvariant() is not ("FOLDER" or "SMTP"))
            throw new SettingsException("FieldSupport:Mail:Mode", $"'{settings.Mail.Mode}' is not Folder or Smtp");
        if (settings.Mail.AnswerSeconds is < 1 or > 25)
            throw new SettingsException("FieldSupport:Mail:AnswerSeconds", $"'{settings.Mail.AnswerSeconds}' is not from 1 to 25");
        if (settings.Mail.Mode.Equals("Smtp", StringComparison.OrdinalIgnoreCase) && string.IsNullOrWhiteSpace(settings.Mail.Host))
            throw new SettingsException("FieldSupport:Mail:Host", "is needed when FieldSupport:Mail:Mode is Smtp");
        if (settings.PublicBaseUrl is { } url && !Uri.TryCreate(url, UriKind.Absolute, out _))
            throw new SettingsException("FieldSupport:PublicBaseUrl", $"'{url}' is not an absolute address");

        if (settings.PrescribingInformationUrl is { } label && (!Uri.TryCreate(label, UriKind.Absolute, out var there) || there.Scheme is not ("http" or "https")))
            throw new SettingsException("FieldSupport:PrescribingInformationUrl", $"'{label}' is not an absolute address");

        var connection = configuration.GetConnectionString("FieldSupport");
        if (string.IsNullOrWhiteSpace(connection))
        {
            if (!isSqlite) throw new SettingsException("ConnectionStrings:FieldSupport", "is needed when FieldSupport:Database:Provider is Postgres");
            connection = $"Data Source={Path.Combine(data, "fieldsupport.db")}";
        }
        if (!isSqlite && !IsReadable(connection))
            throw new SettingsException("ConnectionStrings:FieldSupport", "is no connection string; write it like Host=127.0.0.1;Database=fieldsupport;Username=…;Password=…");
        return new Checked(settings, isSqlite, connection, data, keys, demo, production) { Unknown = KnownSettings.Unknown(configuration) };
    }

    private static string Folder(string key, string? value, string fallback, bool production, IHostEnvironment environment)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            if (production) throw new SettingsException(key, "is required in Production");
            value = fallback;
        }
        var path = Path.GetFullPath(value, environment.ContentRootPath);
        if (File.Exists(path)) throw new SettingsException(key, $"cannot be used: {path} is a file, not a folder");
        return path;
    }

    /// <summary>Makes the folders that are not there. Not done by reading the settings: a call that only looks must not make what it looks for.</summary>
    public void MakeFolders()
    {
        foreach (var (key, path) in new[] { ("FieldSupport:DataFolder", DataFolder), ("FieldSupport:KeyFolder", KeyFolder) })
        {
            try
            {
                Directory.CreateDirectory(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new SettingsException(key, $"cannot be used: {e.Message}");
            }
        }
    }

    /// <summary>Why it is not is the driver's to know and not repeated: its message may hold a piece of a password.</summary>
    private static bool IsReadable(string connection)
    {
        try
        {
            return new Npgsql.NpgsqlConnectionStringBuilder(connection).Host is { Length: > 0 };
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            return false;
        }
    }

    private static bool IsInside(string path, string folder) =>
        (Path.TrimEndingDirectorySeparator(path) + Path.DirectorySeparatorChar)
            .StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
