using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FieldSupport.Web.Tests.Exchange.Mail;

/// <summary>A mail server of a few lines: answers RCPT and DATA as the test says, keeps what it took.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public SmtpSink()
    {
        _listener.Start();
        _loop = Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested) _ = Serve(await _listener.AcceptTcpClientAsync(_stop.Token));
        });
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public ConcurrentQueue<string> Taken { get; } = new();
    /// <summary>Answer to RCPT TO of this address; null: 250.</summary>
    public Func<string, string?> OnRecipient { get; set; } = _ => null;
    /// <summary>Answer after the mail; null: 250. "cut" closes the connection without one, though the mail was taken; "silence" says nothing more.</summary>
    public Func<string, string?> OnMail { get; set; } = _ => null;
    /// <summary>Every answer comes after so long.</summary>
    public TimeSpan Pause { get; set; }
    /// <summary>A mail that was taken and is never answered.</summary>
    public TaskCompletionSource<string> Unanswered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task Serve(TcpClient client)
    {
        using var _ = client;
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 sink");
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            if (Pause > TimeSpan.Zero) await Task.Delay(Pause, _stop.Token);
            if (line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase)) await writer.WriteLineAsync(OnRecipient(line) ?? "250 ok");
            else if (line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase)) { await writer.WriteLineAsync("221 bye"); return; }
            else if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("354 go on");
                var mail = new StringBuilder();
                while (await reader.ReadLineAsync(_stop.Token) is { } text && text != ".") mail.Append(text).Append('\n');
                var answer = OnMail(mail.ToString());
                if (answer is null or "cut" or "silence") Taken.Enqueue(mail.ToString());
                if (answer == "silence")
                {
                    Unanswered.TrySetResult(mail.ToString());
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                }
                if (answer == "cut") return;
                await writer.WriteLineAsync(answer ?? "250 taken");
            }
            else await writer.WriteLineAsync("250 ok");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        try { await _loop; }
        catch (Exception e) when (e is OperationCanceledException or SocketException) { /* the end of a test */ }
        _stop.Dispose();
    }
}
