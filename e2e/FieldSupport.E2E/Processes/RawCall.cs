using System.Net.Sockets;
using System.Text;

namespace FieldSupport.E2E.Processes;

/// <summary>One call of the webhook as bytes on a socket, so that a client can be as wrong as it likes.</summary>
public sealed class RawCall : IDisposable
{
    private readonly TcpClient client = new() { NoDelay = true };

    private NetworkStream stream = null!;

    private RawCall()
    {
    }

    public static async Task<RawCall> OpenAsync(Uri address)
    {
        var call = new RawCall();
        await call.client.ConnectAsync(address.Host, address.Port);
        // Taken now: once half of the connection is closed it is not given out any more.
        call.stream = call.client.GetStream();
        return call;
    }

    /// <summary>The head of a signed call.</summary>
    /// <param name="length">What it claims to send; null: chunked.</param>
    public Task Head(long? length, string signature) => Send(
        $"POST /webhooks/easypost HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Hmac-Signature: {signature}\r\n"
        + (length is { } known ? $"Content-Length: {known}\r\n\r\n" : "Transfer-Encoding: chunked\r\n\r\n"));

    public Task Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    public async Task Send(ReadOnlyMemory<byte> bytes) => await stream.WriteAsync(bytes);

    public async Task Chunk(ReadOnlyMemory<byte> bytes)
    {
        await Send($"{bytes.Length:x}\r\n");
        await Send(bytes);
        await Send("\r\n");
    }

    /// <summary>Nothing more will come; an answer may.</summary>
    public void EndOfSending() => client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>The status of the answer; 0 when the server hung up without one.</summary>
    public async Task<int> Status()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var head = new StringBuilder();
        var block = new byte[1024];
        try
        {
            while (!head.ToString().Contains("\r\n", StringComparison.Ordinal))
            {
                var read = await stream.ReadAsync(block, limit.Token);
                if (read == 0)
                {
                    return 0;
                }

                head.Append(Encoding.ASCII.GetString(block, 0, read));
            }
        }
        catch (IOException)
        {
            return 0;
        }

        return int.Parse(head.ToString().Split(' ')[1]);
    }

    public void Dispose() => client.Dispose();
}
