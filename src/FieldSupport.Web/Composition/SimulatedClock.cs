namespace FieldSupport.Web.Composition;

/// <summary>The system's clock moved so that the process starts at a given instant and time runs on from there.</summary>
public sealed class SimulatedClock(DateTimeOffset startAt) : TimeProvider
{
    private readonly long _started = System.GetTimestamp();
    public override DateTimeOffset GetUtcNow() => startAt.ToUniversalTime() + System.GetElapsedTime(_started);
}

/// <summary>A clock that stands still: <c>--as-of</c> for one call of the command line.</summary>
public sealed class StandingClock(DateTimeOffset at) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => at.ToUniversalTime();
}
