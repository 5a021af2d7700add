using System.Net;
using System.Net.Sockets;

namespace FieldSupport.Testing;

/// <summary>A loopback port that nobody listened on a moment ago. Another process may take it before you do: retry on failure.</summary>
public static class FreePort
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
