using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace FieldSupport.Bench;

/// <summary>What one round of requests took: the whole, the middle one, and the slowest twentieth and hundredth.</summary>
internal readonly record struct Load(int Requests, double Seconds, double P50Ms, double P95Ms, double P99Ms)
{
    public double PerSecond => Requests / Seconds;
}

/// <summary>
/// Sends prepared requests over kept connections, one at a time on each, as bytes on sockets: the generator shares the machine with the
/// server, so it does as little as it can.
/// </summary>
internal sealed class LoadGenerator(int port) : IDisposable
{
    private readonly List<Socket> _sockets = [];

    public static async Task<LoadGenerator> ConnectAsync(int port, int connections)
    {
        var generator = new LoadGenerator(port);
        for (var i = 0; i < connections; i++)
        {
            generator._sockets.Add(await generator.ConnectAsync());
        }

        return generator;
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port);
        return socket;
    }

    /// <summary>A server closes what was idle for some minutes; that is no part of a measurement.</summary>
    private async Task ReconnectAsync()
    {
        for (var i = 0; i < _sockets.Count; i++)
        {
            if (!_sockets[i].Poll(0, SelectMode.SelectRead)) continue;
            _sockets[i].Dispose();
            _sockets[i] = await ConnectAsync();
        }
    }

    public static byte[] Post(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        var head = new StringBuilder($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n");
        foreach (var (name, value) in headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head.ToString()), .. body];
    }

    public static byte[] Get(string path, string cookies) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n{(cookies.Length == 0 ? "" : $"Cookie: {cookies}\r\n")}\r\n");

    /// <summary>Every request is answered with 200 or the run fails.</summary>
    public async Task<Load> RunAsync(IReadOnlyList<byte[]> requests)
    {
        await ReconnectAsync();
        var times = new double[requests.Count];
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(_sockets.Select((socket, at) => Task.Run(() => SendAsync(socket, requests, at, times))));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Array.Sort(times);
        double At(double share) => times[Math.Min(times.Length - 1, (int)(times.Length * share))];
        return new Load(requests.Count, seconds, At(0.5), At(0.95), At(0.99));
    }

    private async Task SendAsync(Socket socket, IReadOnlyList<byte[]> requests, int from, double[] times)
    {
        var answer = new byte[512 * 1024];
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
        var length = 0;
        while (true)
        {
            var n = await socket.ReceiveAsync(answer.AsMemory(length), SocketFlags.None);
            if (n == 0) throw new IOException("The server closed the connection.");
            length += n;
            var head = answer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (head < 0) continue;
            var text = Encoding.ASCII.GetString(answer, 0, head + 4);
            if (!text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) throw new InvalidOperationException($"Not as asked: {text}");
            const string Name = "Content-Length: ";
            if (text.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            {
                if (answer.AsSpan(0, length).EndsWith("\r\n0\r\n\r\n"u8)) return;
                continue;
            }

            var at = text.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
            var body = at < 0 ? 0 : int.Parse(text.AsSpan(at + Name.Length, text.IndexOf("\r\n", at, StringComparison.Ordinal) - at - Name.Length), CultureInfo.InvariantCulture);
            if (length >= head + 4 + body) return;
        }
    }

    public void Dispose() => _sockets.ForEach(s => s.Dispose());
}
