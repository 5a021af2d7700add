namespace FieldSupport.E2E;

/// <summary>Journeys share one started application and one browser: <c>[Collection(Journeys.Name)]</c>, both in the constructor.</summary>
[CollectionDefinition(Name)]
public sealed class Journeys : ICollectionFixture<StartedApplication>, ICollectionFixture<OpenBrowser>
{
    public const string Name = "journeys";
}

/// <summary>The same for journeys that work deliveries off: the pages that others look at must not change under them.</summary>
[CollectionDefinition(Name)]
public sealed class WorkingJourneys : ICollectionFixture<StartedApplication>, ICollectionFixture<OpenBrowser>
{
    public const string Name = "working journeys";
}

/// <summary>Pages that are only looked at, in a room of their own: so two are looked at at a time.</summary>
[CollectionDefinition(Name)]
public sealed class FieldPages : ICollectionFixture<StartedApplication>, ICollectionFixture<OpenBrowser>
{
    public const string Name = "pages of the field";
}
