using System.Threading.Tasks;

namespace MediatR;

/// <summary>Marker of every request (stand-in for the package of the same name, see README.md here).</summary>
public interface IBaseRequest;

/// <summary>A request without an answer.</summary>
public interface IRequest : IBaseRequest;

/// <summary>A request answered by a <typeparamref name="TResponse"/>.</summary>
public interface IRequest<out TResponse> : IBaseRequest;

/// <summary>Something that happened.</summary>
public interface INotification;

/// <summary>A request answered by a stream.</summary>
public interface IStreamRequest<out TResponse>;

/// <summary>The answer of a request that has none.</summary>
public readonly struct Unit : IEquatable<Unit>, IComparable<Unit>, IComparable
{
    private static readonly Unit Only;

    /// <summary>The one value.</summary>
    public static ref readonly Unit Value => ref Only;

    /// <summary>A finished task that holds it.</summary>
    public static Task<Unit> Task { get; } = System.Threading.Tasks.Task.FromResult(Only);

    public int CompareTo(Unit other) => 0;
    int IComparable.CompareTo(object? obj) => 0;
    public bool Equals(Unit other) => true;
    public override bool Equals(object? obj) => obj is Unit;
    public override int GetHashCode() => 0;
    public override string ToString() => "()";
    public static bool operator ==(Unit left, Unit right) => true;
    public static bool operator !=(Unit left, Unit right) => false;
}
