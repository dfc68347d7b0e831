"""The 22 queries of TPC-H, and by hand what their columns are made of.

Retyped from the TPC Benchmark H Standard Specification, revision 3.0.1, clause 2.4, with the parameters of its query
validation. For Spark: `LIMIT` for "return the first rows" (2.1.2.9), a WITH for the view of Q15 (2.4.15), and a name
for the sum in Q18, which the specification has none for.
"""

from __future__ import annotations

TABLES = {
    "part": "p_partkey p_name p_mfgr p_brand p_type p_size p_container p_retailprice p_comment",
    "supplier": "s_suppkey s_name s_address s_nationkey s_phone s_acctbal s_comment",
    "partsupp": "ps_partkey ps_suppkey ps_availqty ps_supplycost ps_comment",
    "customer": "c_custkey c_name c_address c_nationkey c_phone c_acctbal c_mktsegment c_comment",
    "orders": (
        "o_orderkey o_custkey o_orderstatus o_totalprice o_orderdate o_orderpriority o_clerk o_shippriority o_comment"
    ),
    "lineitem": (
        "l_orderkey l_partkey l_suppkey l_linenumber l_quantity l_extendedprice l_discount l_tax l_returnflag "
        "l_linestatus l_shipdate l_commitdate l_receiptdate l_shipinstruct l_shipmode l_comment"
    ),
    "nation": "n_nationkey n_name n_regionkey n_comment",
    "region": "r_regionkey r_name r_comment",
}

REVENUE = "A:l_extendedprice A:l_discount"
BY_REVENUE = "s:l_extendedprice s:l_discount"


def same(*names: str) -> dict[str, str]:
    """Columns as they are."""
    return {name: f"I:{name}" for name in names}


QUERIES: dict[int, tuple[str, dict[str, str], str]] = {
    1: (
        """
        select l_returnflag, l_linestatus, sum(l_quantity) as sum_qty, sum(l_extendedprice) as sum_base_price,
            sum(l_extendedprice * (1 - l_discount)) as sum_disc_price,
            sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) as sum_charge,
            avg(l_quantity) as avg_qty, avg(l_extendedprice) as avg_price, avg(l_discount) as avg_disc,
            count(*) as count_order
        from lineitem
        where l_shipdate <= date '1998-12-01' - interval '90' day
        group by l_returnflag, l_linestatus
        order by l_returnflag, l_linestatus
        """,
        {
            **same("l_returnflag", "l_linestatus"),
            "sum_qty": "A:l_quantity",
            "sum_base_price": "A:l_extendedprice",
            "sum_disc_price": REVENUE,
            "sum_charge": f"{REVENUE} A:l_tax",
            "avg_qty": "A:l_quantity",
            "avg_price": "A:l_extendedprice",
            "avg_disc": "A:l_discount",
            "count_order": "",
        },
        "f:l_shipdate g:l_returnflag g:l_linestatus s:l_returnflag s:l_linestatus",
    ),
    2: (
        """
        select s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone, s_comment
        from part, supplier, partsupp, nation, region
        where p_partkey = ps_partkey and s_suppkey = ps_suppkey and p_size = 15 and p_type like '%BRASS'
            and s_nationkey = n_nationkey and n_regionkey = r_regionkey and r_name = 'EUROPE'
            and ps_supplycost = (
                select min(ps_supplycost)
                from partsupp, supplier, nation, region
                where p_partkey = ps_partkey and s_suppkey = ps_suppkey and s_nationkey = n_nationkey
                    and n_regionkey = r_regionkey and r_name = 'EUROPE'
            )
        order by s_acctbal desc, n_name, s_name, p_partkey
        limit 100
        """,
        same("s_acctbal", "s_name", "n_name", "p_partkey", "p_mfgr", "s_address", "s_phone", "s_comment"),
        (
            "f:p_partkey f:ps_partkey f:s_suppkey f:ps_suppkey f:p_size f:p_type f:s_nationkey f:n_nationkey "
            "f:n_regionkey f:r_regionkey f:r_name f:ps_supplycost s:s_acctbal s:n_name s:s_name s:p_partkey"
        ),
    ),
    3: (
        """
        select l_orderkey, sum(l_extendedprice * (1 - l_discount)) as revenue, o_orderdate, o_shippriority
        from customer, orders, lineitem
        where c_mktsegment = 'BUILDING' and c_custkey = o_custkey and l_orderkey = o_orderkey
            and o_orderdate < date '1995-03-15' and l_shipdate > date '1995-03-15'
        group by l_orderkey, o_orderdate, o_shippriority
        order by revenue desc, o_orderdate
        limit 10
        """,
        {**same("l_orderkey"), "revenue": REVENUE, **same("o_orderdate", "o_shippriority")},
        (
            "f:c_mktsegment f:c_custkey f:o_custkey f:l_orderkey f:o_orderkey f:o_orderdate f:l_shipdate g:l_orderkey "
            f"g:o_orderdate g:o_shippriority s:o_orderdate {BY_REVENUE}"
        ),
    ),
    4: (
        """
        select o_orderpriority, count(*) as order_count
        from orders
        where o_orderdate >= date '1993-07-01' and o_orderdate < date '1993-07-01' + interval '3' month
            and exists (
                select * from lineitem where l_orderkey = o_orderkey and l_commitdate < l_receiptdate
            )
        group by o_orderpriority
        order by o_orderpriority
        """,
        {**same("o_orderpriority"), "order_count": ""},
        "f:o_orderdate f:l_orderkey f:o_orderkey f:l_commitdate f:l_receiptdate g:o_orderpriority s:o_orderpriority",
    ),
    5: (
        """
        select n_name, sum(l_extendedprice * (1 - l_discount)) as revenue
        from customer, orders, lineitem, supplier, nation, region
        where c_custkey = o_custkey and l_orderkey = o_orderkey and l_suppkey = s_suppkey
            and c_nationkey = s_nationkey and s_nationkey = n_nationkey and n_regionkey = r_regionkey
            and r_name = 'ASIA' and o_orderdate >= date '1994-01-01'
            and o_orderdate < date '1994-01-01' + interval '1' year
        group by n_name
        order by revenue desc
        """,
        {**same("n_name"), "revenue": REVENUE},
        (
            "f:c_custkey f:o_custkey f:l_orderkey f:o_orderkey f:l_suppkey f:s_suppkey f:c_nationkey f:s_nationkey "
            f"f:n_nationkey f:n_regionkey f:r_regionkey f:r_name f:o_orderdate g:n_name {BY_REVENUE}"
        ),
    ),
    6: (
        """
        select sum(l_extendedprice * l_discount) as revenue
        from lineitem
        where l_shipdate >= date '1994-01-01' and l_shipdate < date '1994-01-01' + interval '1' year
            and l_discount between .06 - 0.01 and .06 + 0.01 and l_quantity < 24
        """,
        {"revenue": REVENUE},
        "f:l_shipdate f:l_discount f:l_quantity",
    ),
    7: (
        """
        select supp_nation, cust_nation, l_year, sum(volume) as revenue
        from (
            select n1.n_name as supp_nation, n2.n_name as cust_nation, extract(year from l_shipdate) as l_year,
                l_extendedprice * (1 - l_discount) as volume
            from supplier, lineitem, orders, customer, nation n1, nation n2
            where s_suppkey = l_suppkey and o_orderkey = l_orderkey and c_custkey = o_custkey
                and s_nationkey = n1.n_nationkey and c_nationkey = n2.n_nationkey
                and ((n1.n_name = 'FRANCE' and n2.n_name = 'GERMANY')
                    or (n1.n_name = 'GERMANY' and n2.n_name = 'FRANCE'))
                and l_shipdate between date '1995-01-01' and date '1996-12-31'
        ) as shipping
        group by supp_nation, cust_nation, l_year
        order by supp_nation, cust_nation, l_year
        """,
        {"supp_nation": "I:n_name", "cust_nation": "I:n_name", "l_year": "T:l_shipdate", "revenue": REVENUE},
        (
            "f:s_suppkey f:l_suppkey f:o_orderkey f:l_orderkey f:c_custkey f:o_custkey f:s_nationkey f:n_nationkey "
            "f:c_nationkey f:n_name f:l_shipdate g:n_name g:l_shipdate s:n_name s:l_shipdate"
        ),
    ),
    8: (
        """
        select o_year, sum(case when nation = 'BRAZIL' then volume else 0 end) / sum(volume) as mkt_share
        from (
            select extract(year from o_orderdate) as o_year, l_extendedprice * (1 - l_discount) as volume,
                n2.n_name as nation
            from part, supplier, lineitem, orders, customer, nation n1, nation n2, region
            where p_partkey = l_partkey and s_suppkey = l_suppkey and l_orderkey = o_orderkey
                and o_custkey = c_custkey and c_nationkey = n1.n_nationkey and n1.n_regionkey = r_regionkey
                and r_name = 'AMERICA' and s_nationkey = n2.n_nationkey
                and o_orderdate between date '1995-01-01' and date '1996-12-31' and p_type = 'ECONOMY ANODIZED STEEL'
        ) as all_nations
        group by o_year
        order by o_year
        """,
        {"o_year": "T:o_orderdate", "mkt_share": f"{REVENUE} c:n_name"},
        (
            "f:p_partkey f:l_partkey f:s_suppkey f:l_suppkey f:l_orderkey f:o_orderkey f:o_custkey f:c_custkey "
            "f:c_nationkey f:n_nationkey f:n_regionkey f:r_regionkey f:r_name f:s_nationkey f:o_orderdate f:p_type "
            "g:o_orderdate s:o_orderdate"
        ),
    ),
    9: (
        """
        select nation, o_year, sum(amount) as sum_profit
        from (
            select n_name as nation, extract(year from o_orderdate) as o_year,
                l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity as amount
            from part, supplier, lineitem, partsupp, orders, nation
            where s_suppkey = l_suppkey and ps_suppkey = l_suppkey and ps_partkey = l_partkey
                and p_partkey = l_partkey and o_orderkey = l_orderkey and s_nationkey = n_nationkey
                and p_name like '%green%'
        ) as profit
        group by nation, o_year
        order by nation, o_year desc
        """,
        {"nation": "I:n_name", "o_year": "T:o_orderdate", "sum_profit": f"{REVENUE} A:ps_supplycost A:l_quantity"},
        (
            "f:s_suppkey f:l_suppkey f:ps_suppkey f:ps_partkey f:l_partkey f:p_partkey f:o_orderkey f:l_orderkey "
            "f:s_nationkey f:n_nationkey f:p_name g:n_name g:o_orderdate s:n_name s:o_orderdate"
        ),
    ),
    10: (
        """
        select c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) as revenue, c_acctbal, n_name, c_address,
            c_phone, c_comment
        from customer, orders, lineitem, nation
        where c_custkey = o_custkey and l_orderkey = o_orderkey and o_orderdate >= date '1993-10-01'
            and o_orderdate < date '1993-10-01' + interval '3' month and l_returnflag = 'R'
            and c_nationkey = n_nationkey
        group by c_custkey, c_name, c_acctbal, c_phone, n_name, c_address, c_comment
        order by revenue desc
        limit 20
        """,
        {
            **same("c_custkey", "c_name"),
            "revenue": REVENUE,
            **same("c_acctbal", "n_name", "c_address", "c_phone", "c_comment"),
        },
        (
            "f:c_custkey f:o_custkey f:l_orderkey f:o_orderkey f:o_orderdate f:l_returnflag f:c_nationkey "
            f"f:n_nationkey g:c_custkey g:c_name g:c_acctbal g:c_phone g:n_name g:c_address g:c_comment {BY_REVENUE}"
        ),
    ),
    11: (
        """
        select ps_partkey, sum(ps_supplycost * ps_availqty) as value
        from partsupp, supplier, nation
        where ps_suppkey = s_suppkey and s_nationkey = n_nationkey and n_name = 'GERMANY'
        group by ps_partkey
        having sum(ps_supplycost * ps_availqty) > (
            select sum(ps_supplycost * ps_availqty) * 0.0001
            from partsupp, supplier, nation
            where ps_suppkey = s_suppkey and s_nationkey = n_nationkey and n_name = 'GERMANY'
        )
        order by value desc
        """,
        {**same("ps_partkey"), "value": "A:ps_supplycost A:ps_availqty"},
        (
            "f:ps_suppkey f:s_suppkey f:s_nationkey f:n_nationkey f:n_name f:ps_supplycost f:ps_availqty g:ps_partkey "
            "s:ps_supplycost s:ps_availqty"
        ),
    ),
    12: (
        """
        select l_shipmode,
            sum(case when o_orderpriority = '1-URGENT' or o_orderpriority = '2-HIGH' then 1 else 0 end)
                as high_line_count,
            sum(case when o_orderpriority <> '1-URGENT' and o_orderpriority <> '2-HIGH' then 1 else 0 end)
                as low_line_count
        from orders, lineitem
        where o_orderkey = l_orderkey and l_shipmode in ('MAIL', 'SHIP') and l_commitdate < l_receiptdate
            and l_shipdate < l_commitdate and l_receiptdate >= date '1994-01-01'
            and l_receiptdate < date '1994-01-01' + interval '1' year
        group by l_shipmode
        order by l_shipmode
        """,
        {**same("l_shipmode"), "high_line_count": "c:o_orderpriority", "low_line_count": "c:o_orderpriority"},
        "f:o_orderkey f:l_orderkey f:l_shipmode f:l_commitdate f:l_receiptdate f:l_shipdate g:l_shipmode s:l_shipmode",
    ),
    13: (
        """
        select c_count, count(*) as custdist
        from (
            select c_custkey, count(o_orderkey)
            from customer left outer join orders
                on c_custkey = o_custkey and o_comment not like '%special%requests%'
            group by c_custkey
        ) as c_orders (c_custkey, c_count)
        group by c_count
        order by custdist desc, c_count desc
        """,
        {"c_count": "A:o_orderkey", "custdist": ""},
        "j:c_custkey j:o_custkey j:o_comment g:c_custkey g:o_orderkey s:o_orderkey",
    ),
    14: (
        """
        select 100.00 * sum(case when p_type like 'PROMO%' then l_extendedprice * (1 - l_discount) else 0 end)
            / sum(l_extendedprice * (1 - l_discount)) as promo_revenue
        from lineitem, part
        where l_partkey = p_partkey and l_shipdate >= date '1995-09-01'
            and l_shipdate < date '1995-09-01' + interval '1' month
        """,
        {"promo_revenue": f"{REVENUE} c:p_type"},
        "f:l_partkey f:p_partkey f:l_shipdate",
    ),
    15: (
        """
        with revenue0 (supplier_no, total_revenue) as (
            select l_suppkey, sum(l_extendedprice * (1 - l_discount))
            from lineitem
            where l_shipdate >= date '1996-01-01' and l_shipdate < date '1996-01-01' + interval '3' month
            group by l_suppkey
        )
        select s_suppkey, s_name, s_address, s_phone, total_revenue
        from supplier, revenue0
        where s_suppkey = supplier_no and total_revenue = (select max(total_revenue) from revenue0)
        order by s_suppkey
        """,
        {**same("s_suppkey", "s_name", "s_address", "s_phone"), "total_revenue": REVENUE},
        "f:l_shipdate g:l_suppkey f:s_suppkey f:l_suppkey f:l_extendedprice f:l_discount s:s_suppkey",
    ),
    16: (
        """
        select p_brand, p_type, p_size, count(distinct ps_suppkey) as supplier_cnt
        from partsupp, part
        where p_partkey = ps_partkey and p_brand <> 'Brand#45' and p_type not like 'MEDIUM POLISHED%'
            and p_size in (49, 14, 23, 45, 19, 3, 36, 9)
            and ps_suppkey not in (
                select s_suppkey from supplier where s_comment like '%Customer%Complaints%'
            )
        group by p_brand, p_type, p_size
        order by supplier_cnt desc, p_brand, p_type, p_size
        """,
        {**same("p_brand", "p_type", "p_size"), "supplier_cnt": "A:ps_suppkey"},
        (
            "f:p_partkey f:ps_partkey f:p_brand f:p_type f:p_size f:ps_suppkey f:s_suppkey f:s_comment g:p_brand "
            "g:p_type g:p_size s:ps_suppkey s:p_brand s:p_type s:p_size"
        ),
    ),
    17: (
        """
        select sum(l_extendedprice) / 7.0 as avg_yearly
        from lineitem, part
        where p_partkey = l_partkey and p_brand = 'Brand#23' and p_container = 'MED BOX'
            and l_quantity < (select 0.2 * avg(l_quantity) from lineitem where l_partkey = p_partkey)
        """,
        {"avg_yearly": "A:l_extendedprice"},
        "f:p_partkey f:l_partkey f:p_brand f:p_container f:l_quantity",
    ),
    18: (
        """
        select c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) as total_quantity
        from customer, orders, lineitem
        where o_orderkey in (
                select l_orderkey from lineitem group by l_orderkey having sum(l_quantity) > 300
            )
            and c_custkey = o_custkey and o_orderkey = l_orderkey
        group by c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
        order by o_totalprice desc, o_orderdate
        limit 100
        """,
        {
            **same("c_name", "c_custkey", "o_orderkey", "o_orderdate", "o_totalprice"),
            "total_quantity": "A:l_quantity",
        },
        (
            "f:o_orderkey f:l_orderkey g:l_orderkey f:l_quantity f:c_custkey f:o_custkey g:c_name g:c_custkey "
            "g:o_orderkey g:o_orderdate g:o_totalprice s:o_totalprice s:o_orderdate"
        ),
    ),
    19: (
        """
        select sum(l_extendedprice * (1 - l_discount)) as revenue
        from lineitem, part
        where (
                p_partkey = l_partkey and p_brand = 'Brand#12'
                and p_container in ('SM CASE', 'SM BOX', 'SM PACK', 'SM PKG')
                and l_quantity >= 1 and l_quantity <= 1 + 10 and p_size between 1 and 5
                and l_shipmode in ('AIR', 'AIR REG') and l_shipinstruct = 'DELIVER IN PERSON'
            ) or (
                p_partkey = l_partkey and p_brand = 'Brand#23'
                and p_container in ('MED BAG', 'MED BOX', 'MED PKG', 'MED PACK')
                and l_quantity >= 10 and l_quantity <= 10 + 10 and p_size between 1 and 10
                and l_shipmode in ('AIR', 'AIR REG') and l_shipinstruct = 'DELIVER IN PERSON'
            ) or (
                p_partkey = l_partkey and p_brand = 'Brand#34'
                and p_container in ('LG CASE', 'LG BOX', 'LG PACK', 'LG PKG')
                and l_quantity >= 20 and l_quantity <= 20 + 10 and p_size between 1 and 15
                and l_shipmode in ('AIR', 'AIR REG') and l_shipinstruct = 'DELIVER IN PERSON'
            )
        """,
        {"revenue": REVENUE},
        "f:p_partkey f:l_partkey f:p_brand f:p_container f:l_quantity f:p_size f:l_shipmode f:l_shipinstruct",
    ),
    20: (
        """
        select s_name, s_address
        from supplier, nation
        where s_suppkey in (
                select ps_suppkey
                from partsupp
                where ps_partkey in (select p_partkey from part where p_name like 'forest%')
                    and ps_availqty > (
                        select 0.5 * sum(l_quantity)
                        from lineitem
                        where l_partkey = ps_partkey and l_suppkey = ps_suppkey
                            and l_shipdate >= date '1994-01-01'
                            and l_shipdate < date '1994-01-01' + interval '1' year
                    )
            )
            and s_nationkey = n_nationkey and n_name = 'CANADA'
        order by s_name
        """,
        same("s_name", "s_address"),
        (
            "f:s_suppkey f:ps_suppkey f:ps_partkey f:p_partkey f:p_name f:ps_availqty f:l_quantity f:l_partkey "
            "f:l_suppkey f:l_shipdate f:s_nationkey f:n_nationkey f:n_name s:s_name"
        ),
    ),
    21: (
        """
        select s_name, count(*) as numwait
        from supplier, lineitem l1, orders, nation
        where s_suppkey = l1.l_suppkey and o_orderkey = l1.l_orderkey and o_orderstatus = 'F'
            and l1.l_receiptdate > l1.l_commitdate
            and exists (
                select * from lineitem l2 where l2.l_orderkey = l1.l_orderkey and l2.l_suppkey <> l1.l_suppkey
            )
            and not exists (
                select * from lineitem l3
                where l3.l_orderkey = l1.l_orderkey and l3.l_suppkey <> l1.l_suppkey
                    and l3.l_receiptdate > l3.l_commitdate
            )
            and s_nationkey = n_nationkey and n_name = 'SAUDI ARABIA'
        group by s_name
        order by numwait desc, s_name
        limit 100
        """,
        {**same("s_name"), "numwait": ""},
        (
            "f:s_suppkey f:l_suppkey f:o_orderkey f:l_orderkey f:o_orderstatus f:l_receiptdate f:l_commitdate "
            "f:s_nationkey f:n_nationkey f:n_name g:s_name s:s_name"
        ),
    ),
    22: (
        """
        select cntrycode, count(*) as numcust, sum(c_acctbal) as totacctbal
        from (
            select substring(c_phone from 1 for 2) as cntrycode, c_acctbal
            from customer
            where substring(c_phone from 1 for 2) in ('13', '31', '23', '29', '30', '18', '17')
                and c_acctbal > (
                    select avg(c_acctbal)
                    from customer
                    where c_acctbal > 0.00
                        and substring(c_phone from 1 for 2) in ('13', '31', '23', '29', '30', '18', '17')
                )
                and not exists (select * from orders where o_custkey = c_custkey)
        ) as custsale
        group by cntrycode
        order by cntrycode
        """,
        {"cntrycode": "T:c_phone", "numcust": "", "totacctbal": "A:c_acctbal"},
        "f:c_phone f:c_acctbal f:o_custkey f:c_custkey g:c_phone s:c_phone",
    ),
}
