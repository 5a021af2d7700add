using System.Net.Sockets;
using FieldSupport.Web.Data;
using Microsoft.AspNetCore.Connections;

namespace FieldSupport.Web.Composition;

/// <summary>What keeps the server from starting though the program is sound, in two lines: what, and what to do.</summary>
public static class StartTrouble
{
    /// <summary>Null for what nobody foresaw: that is told in full.</summary>
    /// <param name="settings">Null where the start did not come that far.</param>
    public static string? Of(Exception exception, Checked? settings)
    {
        if (settings is not null && DatabasePlace.Trouble(exception, settings) is { } database) return database;
        if (exception is FormatException && exception.Message.StartsWith("Invalid url", StringComparison.Ordinal))
            return $"The server cannot listen: {exception.Message.TrimEnd('.')}.{Environment.NewLine}Write addresses like http://localhost:5081, several with semicolons.";
        for (var e = exception; e is not null; e = e.InnerException)
        {
            // Kestrel names the address in the message of what it wraps around "in use"; the rest comes as it is from the system.
            if (e is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse or SocketError.AccessDenied or SocketError.AddressNotAvailable })
                return $"The server cannot listen: {exception.Message.TrimEnd('.')}.{Environment.NewLine}"
                    + "Stop what listens there, or give another address: ASPNETCORE_URLS=http://localhost:5081, or --urls http://localhost:5081.";
        }
        return null;
    }
}
