using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace FieldSupport.Bench;

/// <summary>What one round of requests took: the whole, and each of them, sorted.</summary>
internal sealed record Load(int Requests, double Seconds, double[] Times)
{
    public double PerSecond => Requests / Seconds;
    public double P50Ms => At(0.5);
    public double P95Ms => At(0.95);
    public double P99Ms => At(0.99);
    public double MeanMs => Times.Average();

    private double At(double part) => Times[Math.Min(Times.Length - 1, (int)(Times.Length * part))];
}

/// <summary>
/// Sends prepared requests over kept connections, one at a time on each, as bytes on sockets: the generator shares the machine with the
/// server, so it does as little as it can.
/// </summary>
internal sealed class LoadGenerator : IDisposable
{
    /// <summary>A server closes a connection that nobody used for two minutes.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    private readonly List<Socket> _sockets = [];
    private readonly int _port;
    private long _used = Stopwatch.GetTimestamp();

    private LoadGenerator(int port) => _port = port;

    public static async Task<LoadGenerator> ConnectAsync(int port, int connections)
    {
        var generator = new LoadGenerator(port);
        await generator.ConnectAsync(connections);
        return generator;
    }

    private async Task ConnectAsync(int connections)
    {
        for (var i = 0; i < connections; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            _sockets.Add(socket);
            await socket.ConnectAsync("127.0.0.1", _port);
        }
    }

    public static byte[] Post(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        var head = new StringBuilder($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n");
        foreach (var (name, value) in headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head.ToString()), .. body];
    }

    public static byte[] Get(string path, string? cookie = null) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n{(cookie is null ? "" : $"Cookie: {cookie}\r\n")}\r\n");

    /// <summary>Every request is answered with 200 or the run fails.</summary>
    public async Task<Load> RunAsync(IReadOnlyList<byte[]> requests)
    {
        if (Stopwatch.GetElapsedTime(_used) > Idle)
        {
            var connections = _sockets.Count;
            Dispose();
            _sockets.Clear();
            await ConnectAsync(connections);
        }

        var times = new double[requests.Count];
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(_sockets.Select((socket, at) => Task.Run(() => SendAsync(socket, requests, at, times))));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _used = Stopwatch.GetTimestamp();
        Array.Sort(times);
        return new Load(requests.Count, seconds, times);
    }

    private async Task SendAsync(Socket socket, IReadOnlyList<byte[]> requests, int from, double[] times)
    {
        var answer = new byte[1 << 20];
        for (var i = from; i < requests.Count; i += _sockets.Count)
        {
            var start = Stopwatch.GetTimestamp();
            await socket.SendAsync(requests[i], SocketFlags.None);
            await ReadAsync(socket, answer);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private static async Task ReadAsync(Socket socket, byte[] answer)
    {
        var (length, head, body) = (0, -1, -1);
        while (true)
        {
            var n = await socket.ReceiveAsync(answer.AsMemory(length), SocketFlags.None);
            if (n == 0) throw new IOException("The server closed the connection.");
            length += n;
            if (head < 0)
            {
                head = answer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
                if (head < 0) continue;
                var text = Encoding.ASCII.GetString(answer, 0, head + 2);
                if (!text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) throw new InvalidOperationException($"Not answered with 200: {text}");
                const string Name = "\r\nContent-Length: ";
                var at = text.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
                // Without a length it comes in chunks; the last one is empty.
                body = at >= 0 ? int.Parse(text.AsSpan(at + Name.Length, text.IndexOf("\r\n", at + 2, StringComparison.Ordinal) - at - Name.Length), CultureInfo.InvariantCulture)
                    : text.Contains("chunked", StringComparison.OrdinalIgnoreCase) ? -1 : 0;
            }

            if (body >= 0 ? length >= head + 4 + body : answer.AsSpan(0, length).EndsWith("0\r\n\r\n"u8)) return;
        }
    }

    public void Dispose() => _sockets.ForEach(s => s.Dispose());
}
