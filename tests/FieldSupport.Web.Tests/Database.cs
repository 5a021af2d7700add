using System.Reflection;
using Xunit.Sdk;

namespace FieldSupport.Web.Tests;

public enum Database { Sqlite, Postgres }

/// <summary>
/// <c>[Theory, OnBothDatabases]</c>: the test's first argument is the database. FIELDSUPPORT_TEST_DATABASES (sqlite, postgres, or both
/// with a comma) restricts a local run.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnBothDatabasesAttribute(params object[] further) : DataAttribute
{
    public const string Variable = "FIELDSUPPORT_TEST_DATABASES";

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        Wanted().Select(database => (object[])[database, .. further]);

    internal static IEnumerable<Database> Wanted()
    {
        var words = (Environment.GetEnvironmentVariable(Variable) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Enum.GetValues<Database>().Where(d => words.Length == 0 || words.Contains(d.ToString(), StringComparer.OrdinalIgnoreCase));
    }
}

/// <summary>As <see cref="OnBothDatabasesAttribute"/>, once for each of the given values, which come second.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnBothDatabasesForEachAttribute(params object[] values) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        OnBothDatabasesAttribute.Wanted().SelectMany(database => values.Select(value => (object[])[database, value]));
}
