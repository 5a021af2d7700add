namespace FieldSupport.E2E;

/// <summary>Journeys share one started application and one browser: <c>[Collection(Journeys.Name)]</c>, both in the constructor.</summary>
[CollectionDefinition(Name)]
public sealed class Journeys : ICollectionFixture<StartedApplication>, ICollectionFixture<OpenBrowser>
{
    public const string Name = "journeys";
}
