using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;

namespace FieldSupport.Testing;

/// <summary>
/// One throw-away PostgreSQL server for the whole test process: fast and forgetful (no fsync), on a free loopback port,
/// stopped and deleted when the process ends, in whatever way it ends. FIELDSUPPORT_POSTGRES (a connection string of a role that
/// may create databases) names a server to use instead.
/// </summary>
public sealed class PostgresServer
{
    public const string Variable = "FIELDSUPPORT_POSTGRES";

    private const string FolderPrefix = "fieldsupport-pg-";
    private const string Role = "app";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);

    private readonly string administration;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> templates = new();
    private readonly SemaphoreSlim oneCloneAtATime = new(1);
    private int count;

    private PostgresServer(string administration) => this.administration = administration;

    /// <summary>The server of this process, started at the first call. Where it cannot be had, the task fails saying what is missing.</summary>
    public static Task<PostgresServer> SharedAsync() => Shared.Value;

    public string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder(administration)
        {
            Database = database,
            Pooling = true,
            MaxPoolSize = 20,
            ConnectionIdleLifetime = 10,
            ConnectionPruningInterval = 5,
            Timeout = 30,
            IncludeErrorDetail = true,
        }.ConnectionString;

    /// <summary>A fresh database; with <paramref name="template"/> a copy of that one, which must not be in use by anybody.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"t{Environment.ProcessId}_{Interlocked.Increment(ref count)}");
        if (template is null)
        {
            await ExecuteAsync($"CREATE DATABASE \"{name}\"");
            return ConnectionString(name);
        }

        await oneCloneAtATime.WaitAsync();
        try
        {
            // A pooled connection to the template would refuse the copy.
            await ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}'");
            await ExecuteAsync($"CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"");
        }
        finally
        {
            oneCloneAtATime.Release();
        }

        return ConnectionString(name);
    }

    /// <summary>
    /// A database prepared once per process (migrated, seeded) to be cloned: pass the result to <see cref="CreateDatabaseAsync"/>.
    /// <paramref name="prepare"/> gets the connection string and must close what it opens.
    /// </summary>
    /// <returns>The database's name.</returns>
    public Task<string> TemplateAsync(string key, Func<string, Task> prepare) =>
        templates.GetOrAdd(key, _ => new Lazy<Task<string>>(async () =>
        {
            var connection = await CreateDatabaseAsync();
            await prepare(connection);
            return new NpgsqlConnectionStringBuilder(connection).Database!;
        })).Value;

    /// <param name="connectionString">As <see cref="CreateDatabaseAsync"/> gave it.</param>
    public Task DropDatabaseAsync(string connectionString) =>
        ExecuteAsync($"DROP DATABASE IF EXISTS \"{new NpgsqlConnectionStringBuilder(connectionString).Database}\" WITH (FORCE)");

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(administration);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<PostgresServer> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return new PostgresServer(given);
        }

        var programs = await DebianPackage.EnsureAsync(
            "a PostgreSQL server (initdb and pg_ctl)",
            ["postgresql"],
            FindProgramsAsync,
            $"put initdb and pg_ctl on PATH, or name a running server in {Variable}");
        await SweepAsync(programs);

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StartInAsync(programs, FreePort.Next());
            }
            catch (InvalidOperationException e) when (attempt < 3 && e.Message.Contains("Address already in use", StringComparison.Ordinal))
            {
                // Somebody took the port between our look and the start: another one.
            }
        }
    }

    private static async Task<PostgresServer> StartInAsync(string programs, int port)
    {
        var folder = Path.Combine(TraversableTemp(), $"{FolderPrefix}{Environment.ProcessId}-{port}");
        Directory.CreateDirectory(folder);
        if (Environment.IsPrivilegedProcess)
        {
            await ExternalCommand.RunAsync(["chown", "postgres:postgres", folder], Limit);
        }

        var data = Path.Combine(folder, "data");
        var stop = AsServer([Path.Combine(programs, "pg_ctl"), "-D", data, "-m", "immediate", "-w", "-t", "20", "stop"]);
        var watch = DeathWatch.Start("folder=$1; shift; \"$@\"; rm -rf \"$folder\"", [folder, .. stop]);
        var log = Path.Combine(folder, "log");
        try
        {
            await ExternalCommand.RunAsync(
                AsServer([Path.Combine(programs, "initdb"), "-D", data, "-U", Role, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]),
                Limit);
            await File.AppendAllTextAsync(Path.Combine(data, "postgresql.conf"), string.Create(CultureInfo.InvariantCulture, $"""

                listen_addresses = '127.0.0.1'
                port = {port}
                unix_socket_directories = ''
                max_connections = 200
                fsync = off
                synchronous_commit = off
                full_page_writes = off
                timezone = 'UTC'

                """));
            await ExternalCommand.RunAsync(
                AsServer([Path.Combine(programs, "pg_ctl"), "-D", data, "-l", log, "-w", "-t", "30", "start"]), Limit);
        }
        catch (Exception e)
        {
            var said = File.Exists(log) ? await File.ReadAllTextAsync(log) : "";
            watch.Release();
            throw new InvalidOperationException($"The PostgreSQL server of the tests did not start: {e.Message}\n{said}", e);
        }

        return new PostgresServer(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = Role,
            Database = "postgres",
            Pooling = false,
            Timeout = 30,
        }.ConnectionString);
    }

    /// <summary>Debian keeps each version's programs in a folder off PATH; elsewhere they are on it.</summary>
    private static async Task<string?> FindProgramsAsync()
    {
        if (ExternalCommand.FindOnPath("dpkg-query") is { } query)
        {
            var listed = await ExternalCommand.TryAsync([query, "-W", "-f", "${db:Status-Abbrev}${Package}\\n", "postgresql-[0-9]*"], Limit);
            var newest = listed.Output.Split('\n')
                .Where(line => line.StartsWith("ii ", StringComparison.Ordinal))
                .Select(line => line[3..].Trim()["postgresql-".Length..])
                .Where(version => version.All(char.IsAsciiDigit))
                .Select(version => int.Parse(version, CultureInfo.InvariantCulture))
                .OrderDescending()
                .Select(version => $"/usr/lib/postgresql/{version}/bin")
                .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
            if (newest is not null)
            {
                return newest;
            }
        }

        return ExternalCommand.FindOnPath("initdb") is { } initdb && File.Exists(Path.Combine(Path.GetDirectoryName(initdb)!, "pg_ctl"))
            ? Path.GetDirectoryName(initdb)
            : null;
    }

    /// <summary>PostgreSQL refuses to run as root: there it runs as the package's own user.</summary>
    private static string[] AsServer(string[] command) =>
        Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--reset-env", "--", .. command]
            : command;

    /// <summary>What a run left behind whose cleaner was killed too.</summary>
    private static async Task SweepAsync(string programs)
    {
        foreach (var folder in Directory.EnumerateDirectories(TraversableTemp(), FolderPrefix + "*"))
        {
            var owner = Path.GetFileName(folder)[FolderPrefix.Length..].Split('-')[0];
            if (int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out _) && Directory.Exists("/proc/self") && !Directory.Exists($"/proc/{owner}"))
            {
                // It may be gone already, its own cleaner being quicker: both commands are then content to find nothing.
                await ExternalCommand.TryAsync(AsServer([Path.Combine(programs, "pg_ctl"), "-D", Path.Combine(folder, "data"), "-m", "immediate", "-w", "-t", "20", "stop"]), Limit);
                await ExternalCommand.TryAsync(["rm", "-rf", folder], Limit);
            }
        }
    }

    /// <summary>The server's user must be able to pass every folder above its own; root's private temporary folder would not let it.</summary>
    private static string TraversableTemp()
    {
        var temp = Path.TrimEndingDirectorySeparator(Path.GetTempPath());
        if (!Environment.IsPrivilegedProcess || OperatingSystem.IsWindows())
        {
            return temp;
        }

        for (var folder = new DirectoryInfo(temp); folder is not null; folder = folder.Parent)
        {
            if ((folder.UnixFileMode & UnixFileMode.OtherExecute) == 0)
            {
                return "/tmp";
            }
        }

        return temp;
    }
}
